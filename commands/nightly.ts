import { judgeCommand } from '../kit/command.ts';
import { environment } from '../kit/settings.ts';

// `npm run nightly`: a look at production, within narrow limits.
await judgeCommand({ ...environment(), OAUTH_PROFILE: 'nightly' }, process.argv.slice(2));
