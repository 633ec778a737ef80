import { judgeCommand } from '../kit/command.ts';
import { environment } from '../kit/settings.ts';

// `npm run conformance`: judges the target of OAUTH_BASE_URL.
await judgeCommand(environment(), process.argv.slice(2));
