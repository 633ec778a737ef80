import { bearerToken } from './bearerToken.ts';
import { isolation } from './isolation.ts';
import { methods } from './methods.ts';
import { refusals } from './refusals.ts';
import { success } from './success.ts';

/** The faults of both fetches. */
export const fetchToken = { ...success, ...bearerToken, ...isolation, ...methods, ...refusals };
