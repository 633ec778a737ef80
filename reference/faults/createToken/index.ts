import { bodyShape } from './bodyShape.ts';
import { contentType } from './contentType.ts';
import { credentials } from './credentials.ts';
import { include } from './include.ts';
import { refresh } from './refresh.ts';
import { refusals } from './refusals.ts';
import { success } from './success.ts';
import { validation } from './validation.ts';

/** The faults of createToken. */
export const createToken = {
  ...success,
  ...include,
  ...contentType,
  ...bodyShape,
  ...validation,
  ...credentials,
  ...refresh,
  ...refusals,
};
