import { judgeCommand } from '../kit/command.ts';
import { environment } from '../kit/settings.ts';

// `npm run certify`: judges everything, and makes a certificate of it where nothing is missing.
await judgeCommand({ ...environment(), OAUTH_PROFILE: 'certification' }, process.argv.slice(2));
