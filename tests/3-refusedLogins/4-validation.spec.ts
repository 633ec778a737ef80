import { documented } from '../../contracts/documented.ts';
import { expect, requirement, test } from '../../kit/runner/fixtures.ts';
import { answered, Blocked, documentOf, elements, member } from '../../kit/judging/premises.ts';
import { bodyShapes, clientCredentials, createToken } from '../../kit/judging/requests.ts';
import { granted } from '../given.ts';
import { invalid, invalidRequest, validBody, type Invalid } from './invalid.ts';

const { refusals } = documented.createToken;

for (const id of Object.keys(invalid) as (keyof typeof invalid)[]) {
  test(...requirement(id), async ({ judge, settings: { client } }) => {
    const rows: readonly Invalid[] = invalid[id];
    await judge(rows, async (send, row) => {
      expect(await send(await invalidRequest(send, client, row))).toBeRefused(refusals);
    });
  });
}

test(...requirement('CT-407'), async ({ judge, settings: { client } }) => {
  const broken: Readonly<Record<string, (body: string) => string>> = {
    'cut off': (body) => body.slice(0, -1),
    // Ahead of the credentials: a part of a secret is none that could be found and replaced.
    'cut off in the middle': (body) => body.slice(0, body.indexOf('client_id')),
    'an opening brace': () => '{',
    'plain words': () => 'not json',
    // With all that a request needs, so that only its being no JSON has it refused.
    'a form': () => new URLSearchParams(clientCredentials(client) as Record<string, string>).toString(),
    'single quotes': (body) => body.replaceAll('"', "'"),
    'two documents': (body) => `${body}${body}`,
  };
  const rows = bodyShapes.flatMap((shape) => Object.entries(broken).map(([name, edit]) => ({ name: `${shape}: ${name}`, shape, edit })));
  await judge(rows, async (send, { shape, edit }) => {
    await granted(send, client, shape);
    expect(await send(createToken({ shape, body: edit(validBody(client, shape)) }))).toBeRefused();
  });
});

test(...requirement('CT-409'), async ({ judge, settings: { client } }) => {
  await judge(['group', 'organization', 'tokens'], async (send, type) => {
    await granted(send, client, 'nested');
    const body = JSON.stringify({ data: { type, attributes: clientCredentials(client) } });
    expect(await send(createToken({ shape: 'nested', body }))).toHaveStatus(409);
  });
});

test(...requirement('CT-410'), async ({ judge, settings: { client } }) => {
  const also401 = ['CT-401', 'CT-402'];
  const rows = Object.entries(invalid).flatMap(([id, list]) =>
    list.map((row: Invalid) => ({ ...row, id, statuses: also401.includes(id) ? [409, 401] : [409] })),
  );
  await judge(rows, async (send, row) => {
    const exchange = await send(await invalidRequest(send, client, row));
    const { status } = answered(exchange);
    if (!refusals.includes(status)) throw new Blocked(`it got ${status}: see ${row.id}`, row.id);
    expect(exchange).toHaveStatus(...row.statuses);
  });
});

test(...requirement('CT-411'), async ({ judge, settings: { client } }) => {
  await judge(bodyShapes, async (send, shape) => {
    const { status } = await granted(send, client, shape);
    const exchange = await send(createToken({ shape, attributes: { ...clientCredentials(client), unknown_attribute: 'x' } }));
    expect(exchange).toBeGranted(status);
    const ignored = elements(member(member(documentOf(exchange), 'meta'), 'ignored'));
    const listed = ignored.some((each) => typeof each === 'string' && each.includes('unknown_attribute'));
    return listed ? 'meta.ignored lists it' : 'meta.ignored does not list it';
  });
});

test(...requirement('CT-412'), async ({ judge, settings: { client } }) => {
  const rows = bodyShapes.flatMap((shape) => ['a trailing comma', 'bad UTF-8'].map((flaw) => ({ name: `${shape}: ${flaw}`, shape, flaw })));
  await judge(rows, async (send, { shape, flaw }) => {
    await granted(send, client, shape);
    if (flaw === 'a trailing comma') {
      const body = validBody(client, shape).replace(/(\}+)$/, ',$1');
      return expect(await send(createToken({ shape, body }))).toBeRefused();
    }
    // The bad byte stands in an attribute that nobody knows: all else is as in a request that is granted.
    const note = validBody(client, shape, { unknown_attribute: 'x@x' });
    const { status } = answered(await send(createToken({ shape, body: note })));
    if (status >= 400) throw new Blocked(`an unknown attribute got ${status}: see CT-411`, 'CT-411');
    const body = Buffer.from(note);
    body[body.lastIndexOf('@')] = 0xff;
    return expect(await send(createToken({ shape, body }))).toBeRefused();
  });
});
