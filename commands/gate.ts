import { judgeCommand } from '../kit/command.ts';
import { environment } from '../kit/settings.ts';

// `npm run gate`: all that a release is judged by.
await judgeCommand({ ...environment(), OAUTH_PROFILE: 'gate' }, process.argv.slice(2));
