import { writeFile } from 'node:fs/promises';
import { newKeyPair } from '../kit/certificate/keys.ts';
import { exitCodes } from '../kit/finish.ts';

// `npm run keygen -- NAME`: makes the pair of keys that certificates are signed and verified with.
const [name = 'certificate', ...rest] = process.argv.slice(2);
const [privateFile, publicFile] = [`${name}.key.pem`, `${name}.pub.pem`];
const { privateKey, publicKey } = newKeyPair();
try {
  if (rest.length > 0 || name.startsWith('-')) throw new Error('it takes one name at most, for the two files');
  // A key that is there may be in use.
  await writeFile(privateFile, privateKey, { flag: 'wx', mode: 0o600 });
  await writeFile(publicFile, publicKey, { flag: 'wx' });
  process.stdout.write(`${privateFile}: the private key. Whoever runs the certification holds it, and nobody else: the programme, not the partner.
  It signs certificates: OAUTH_SIGNING_KEY_FILE=${privateFile} npm run certify
${publicFile}: the public key. Everybody may have it, and has to get it from the programme, not with a certificate.
  It verifies them: npm run verify -- FILE.tgz --key ${publicFile}
`);
} catch (error) {
  process.stderr.write(`npm run keygen -- NAME: ${(error as Error).message}\n`);
  process.exitCode = exitCodes.usage;
}
