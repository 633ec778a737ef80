/** The environment variable that tells the processes of the runner where the gateway is. */
export const gatewayVariable = 'KIT_GATEWAY';

/** The header that holds the secret of the run, so that only who was told it can use the gateway. */
export const keyHeader = 'x-kit-key';

/**
 * The environment variable that is set where the runner itself shows the results, as under `npx playwright test`: there, a violated
 * MUST is a failed test. Elsewhere nobody looks at the runner's results, and each failed test would cost a new worker.
 */
export const shownVariable = 'KIT_RUNNER_SHOWS_RESULTS';
