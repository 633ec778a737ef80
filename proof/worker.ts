import { environment } from '../kit/settings/settings.ts';
import { startReference } from '../reference/server.ts';
import { prove, subjects } from './prove.ts';

// The runner's library takes a stack for every expectation, for positions that no proof shows.
Error.prepareStackTrace = () => '';

// A process of the proof: judges the subject of each name that it is sent, on a reference server of its own.
const all = new Map(subjects().map((subject) => [subject.deviation.name, subject]));
const reference = await startReference();
const env = environment();

process.on('message', (name: string) => {
  const subject = all.get(name);
  if (subject) void prove(subject, reference, env).then((proof) => process.send?.(proof));
});
process.once('disconnect', () => void reference.close());
process.send?.('ready');
