#!/usr/bin/env node
import { runProgram } from './commands/program.ts';

// Who reads what is printed may have seen enough; the exit code still counts.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
await runProgram(process.argv.slice(2));
