import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChannelRule, readRuleFile } from '@bitten/alerts';
import { describe, expect, it } from 'vitest';
import { DeliveryError } from '../src/channels/channel.js';
import { makeChannel } from '../src/channels/make-channel.js';
import type { Notification } from '../src/render/notification.js';
import { alertOf, tempFolder } from './support/alerts.js';
import { httpServer, smtpServer } from './support/servers.js';

const hostile = '@everyone <!channel> <script>x</script> [a](http://evil) *b* `c`\r\nBcc: all@example.com';

function notification(messages: readonly string[] = ['fire F1 has not been executed']): Notification {
  const alerts = messages.map((message, i) => ({
    ...alertOf(i + 1, { message, severity: 'critical' as const, key: 'F1', correlation_id: 'S1' }),
    chain: [
      { step: 'signal', at: 1_767_621_900, what: 'SWEEP' },
      { step: 'fire', at: 1_767_621_960, what: 'F1' },
      { step: 'executed', at: null, what: null },
    ],
    link: 'http://127.0.0.1:5580/#/alerts/x',
  }));
  const title = `critical: ${messages[0]}`;
  return { id: 'book-7', channel: 'desk', severity: 'critical', title, alerts, link: alerts[0]!.link };
}

/** A channel as a rule file describes it. */
function channelOf(yaml: string) {
  const text = `rules: []\nchannels: [{ name: desk, ${yaml} }]`;
  const rule = readRuleFile(text, 'test', {}).channels[0] as ChannelRule;
  const logged: Notification[] = [];
  return { ...makeChannel(rule, { writeLog: (written) => logged.push(written) }), logged };
}

const never = new AbortController().signal;

async function failure(sending: Promise<void>): Promise<DeliveryError> {
  const error = await sending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DeliveryError);
  return error as DeliveryError;
}

describe('a webhook', () => {
  it('gets the whole notification, signed so that nobody else can have sent it', async () => {
    const { url, received } = await httpServer();
    await channelOf(`kind: webhook, url: "${url}/hook", secret: s3cret`).send(notification(), {
      signal: never,
    });
    const { headers, body, path } = received[0]!;
    expect([path, headers['content-type'], headers['bitten-notification-id']]).toEqual([
      '/hook',
      'application/json',
      'book-7',
    ]);
    expect(JSON.parse(body)).toEqual({ version: 1, ...notification() });
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['bitten-signature']))!;
    expect(v1).toBe(createHmac('sha256', 's3cret').update(`${t}.${body}`).digest('hex'));
    expect(Math.abs(Number(t) - Date.now() / 1000)).toBeLessThan(60);
  });

  it.each([
    [500, true],
    [503, true],
    [429, true],
    [408, true],
    [400, false],
    [401, false],
    [404, false],
    [410, false],
    [302, false],
  ])('that answers %i may pass: %s', async (status, isPassing) => {
    const { url, received } = await httpServer((response) => {
      response.writeHead(status, { location: '/elsewhere' }).end('no');
    });
    const error = await failure(
      channelOf(`kind: webhook, url: "${url}"`).send(notification(), { signal: never }),
    );
    expect(error.isPassing).toBe(isPassing);
    expect(error.message).toContain(String(status));
    // A redirect is not followed: who is named gets it, and nobody else.
    expect(received.map(({ path }) => path)).toEqual(['/']);
  });

  it('says when it wants to be asked again, and never its address, which may be a secret', async () => {
    const { url } = await httpServer((response) => {
      response.writeHead(503, { 'retry-after': '17' }).end(`${'x'.repeat(5_000)}`);
    });
    const error = await failure(
      channelOf(`kind: webhook, url: "${url}/T0KEN"`).send(notification(), { signal: never }),
    );
    expect(error.retryAfter_s).toBe(17);
    expect(error.message).not.toContain('T0KEN');
    expect(error.message.length).toBeLessThan(600);
  });

  it('that is not there, or does not answer, may be there later', async () => {
    const { url } = await httpServer(() => {});
    const slow = await failure(
      channelOf(`kind: webhook, url: "${url}"`).send(notification(), { signal: AbortSignal.timeout(50) }),
    );
    const away = await failure(
      channelOf('kind: webhook, url: "http://127.0.0.1:9"').send(notification(), { signal: never }),
    );
    expect([slow.isPassing, away.isPassing]).toEqual([true, true]);
  });
});

describe('a chat', () => {
  it('Slack: nobody is called and nothing is a link by what an event says', async () => {
    const { url, received } = await httpServer();
    await channelOf(`kind: slack, url: "${url}"`).send(notification([hostile]), { signal: never });
    const body = JSON.parse(received[0]!.body) as {
      text: string;
      blocks: Array<{ text?: { text: string } }>;
    };
    const texts = [body.text, body.blocks[0]!.text!.text].join('\n');
    expect(texts).not.toMatch(/<!|<@|<script|<http/);
    expect(texts).toContain('&lt;!channel&gt;');
    expect(texts).toContain('signal 14:05:00 (SWEEP) → fire 14:06:00 +60 s (F1) → executed: not yet');
  });

  it('a text is cut between its characters, and does not turn around: what is no Unicode would be refused', async () => {
    const { url, received } = await httpServer();
    const texts = Array.from({ length: 4 }, (_, i) => `${'x'.repeat(i)}\u202e${'😀'.repeat(600)}`);
    await channelOf(`kind: slack, url: "${url}"`).send(notification(texts), { signal: never });
    expect(received[0]!.body).not.toMatch(/\\ud[89a-f]/);
    expect(received[0]!.body).not.toContain('\u202e');
  });

  it('Discord: mentions are off, and marks are letters', async () => {
    const { url, received } = await httpServer((response) => response.writeHead(204).end());
    await channelOf(`kind: discord, url: "${url}"`).send(notification([hostile]), { signal: never });
    const body = JSON.parse(received[0]!.body) as {
      allowed_mentions: unknown;
      embeds: Array<{ title: string; description: string }>;
    };
    expect(body.allowed_mentions).toEqual({ parse: [] });
    expect(body.embeds[0]!.description).toContain('\\@everyone');
    expect(body.embeds[0]!.description).toContain('\\[a\\]\\(http://evil\\)');
    expect(body.embeds[0]!.title.length).toBeLessThanOrEqual(256);
  });

  it('Telegram: plain text to the chat, and its own way to ask for patience', async () => {
    const { url, received } = await httpServer((response, n) => {
      if (n === 1) return void response.end('{"ok":true}');
      response.writeHead(429).end('{"ok":false,"error_code":429,"parameters":{"retry_after":31}}');
    });
    const bot = channelOf(`kind: telegram, url: "${url}", token: "1:abc", chat: -100`);
    await bot.send(notification([hostile]), { signal: never });
    expect(received[0]!.path).toBe('/bot1:abc/sendMessage');
    const body = JSON.parse(received[0]!.body) as Record<string, unknown>;
    expect(body).toMatchObject({ chat_id: '-100', text: expect.stringContaining('<script>') });
    expect(body).not.toHaveProperty('parse_mode');
    expect(body.text).not.toContain('@everyone');
    const error = await failure(bot.send(notification(), { signal: never }));
    expect([error.isPassing, error.retryAfter_s]).toEqual([true, 31]);
    expect(error.message).not.toContain('1:abc');
  });

  it.each([
    [
      'slack',
      3_000,
      (body: string) => (JSON.parse(body) as { blocks: [{ text: { text: string } }] }).blocks[0].text.text,
    ],
    [
      'discord',
      4_096,
      (body: string) => (JSON.parse(body) as { embeds: [{ description: string }] }).embeds[0].description,
    ],
  ])('%s: fifty long alerts are cut to what it takes, and the rest is counted', async (kind, max, textOf) => {
    const { url, received } = await httpServer();
    const many = Array.from({ length: 50 }, (_, i) => `${i} ${'long '.repeat(80)}`);
    await channelOf(`kind: ${kind}, url: "${url}"`).send(notification(many), { signal: never });
    const text = textOf(received[0]!.body);
    expect(text.length).toBeLessThanOrEqual(max);
    expect(text).toMatch(/and \d+ more$/);
  });
});

describe('a mail', () => {
  const mailTo = (port: number, more = '') =>
    channelOf(
      `kind: email, host: 127.0.0.1, port: ${port}, security: none, from: bitten@example.com, to: [desk@example.com, night@example.com]${more}`,
    );

  it('is plain text, and no event can add a header or somebody to send it to', async () => {
    const { port, mails } = await smtpServer();
    await mailTo(port).send(notification([hostile]), { signal: never });
    const [head, ...body] = mails[0]!.text.split('\r\n\r\n');
    expect(mails[0]!.to).toEqual(['desk@example.com', 'night@example.com']);
    expect(head).not.toMatch(/^Bcc:/m);
    expect(head).toMatch(/^Bitten-Notification-ID: book-7/m);
    expect(head).toMatch(/^Content-Type: text\/plain/m);
    expect(body.join('\n')).toContain('executed: not yet');
  });

  it('that the server refuses for good is given up, one it refuses for now is not', async () => {
    for (const [code, isPassing] of [
      [550, false],
      [451, true],
    ] as const) {
      const { port } = await smtpServer({
        onRcptTo: (_address, _session, done) => done(Object.assign(new Error('no'), { responseCode: code })),
      });
      const error = await failure(mailTo(port).send(notification(), { signal: never }));
      expect(error.isPassing, String(code)).toBe(isPassing);
    }
  });

  it('is not sent in the clear where encryption is asked for, nor to nobody', async () => {
    const { port, mails } = await smtpServer();
    const encrypted = channelOf(
      `kind: email, host: 127.0.0.1, port: ${port}, from: bitten@example.com, to: desk@example.com`,
    );
    await failure(encrypted.send(notification(), { signal: never }));
    expect(mails).toEqual([]);
    expect((await failure(mailTo(9).send(notification(), { signal: never }))).isPassing).toBe(true);
  });
});

describe('a command', () => {
  const script = (text: string): string => {
    const file = join(tempFolder(), 'run.mjs');
    writeFileSync(file, text);
    return file;
  };
  const run = (file: string, ...args: string[]) =>
    channelOf(`kind: command, command: ${JSON.stringify([process.execPath, file, ...args])}`);

  it('gets the notification on its input and the rest as variables, and no shell sees any of it', async () => {
    const out = join(tempFolder(), 'out.json');
    const file = script(`import { readFileSync, writeFileSync } from 'node:fs';
      const { BITTEN_ALERT_TITLE: title, BITTEN_NOTIFICATION_ID: id } = process.env;
      writeFileSync(process.argv[2], JSON.stringify({ input: JSON.parse(readFileSync(0, 'utf8')), title, id }));`);
    await run(file, out).send(notification(['$(touch /tmp/no); `x`']), { signal: never });
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
      input: { version: 1, id: 'book-7', alerts: [{ message: '$(touch /tmp/no); `x`' }] },
      title: 'critical: $(touch /tmp/no); `x`',
      id: 'book-7',
    });
  });

  it('that fails is given up, or asks to be called again, and says why', async () => {
    const file = script("process.stderr.write('no such desk\\n'); process.exit(Number(process.argv[2]));");
    const [failed, later] = [
      await failure(run(file, '3').send(notification(), { signal: never })),
      await failure(run(file, '75').send(notification(), { signal: never })),
    ];
    expect([failed.isPassing, later.isPassing]).toEqual([false, true]);
    expect(failed.message).toContain('exit code 3: no such desk');
    const missing = channelOf('kind: command, command: [/no/such/program]');
    expect((await failure(missing.send(notification(), { signal: never }))).isPassing).toBe(false);
  });

  it('that does not end is ended', async () => {
    const file = script('setInterval(() => {}, 1000);');
    const error = await failure(run(file).send(notification(), { signal: AbortSignal.timeout(300) }));
    expect(error.message).toContain('did not end in time');
    expect(error.isPassing).toBe(true);
  });

  it('ends with what it has started', async () => {
    const channel = channelOf(`kind: command, command: [/bin/sh, -c, 'sleep 600 & sleep 600']`);
    const sent = channel.send(notification(), { signal: AbortSignal.timeout(300) });
    await expect(sent).rejects.toThrow('did not end in time');
  });
});

describe('a log', () => {
  it('is a line each in a file of this user alone, or in the log of the process', async () => {
    const file = join(tempFolder(), 'alerts.log');
    const channel = channelOf(`kind: log, file: ${JSON.stringify(file)}`);
    for (const n of [1, 2]) await channel.send(notification([`line ${n}`]), { signal: never });
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as Notification).alerts[0]!.message)).toEqual([
      'line 1',
      'line 2',
    ]);
    const own = channelOf('kind: log');
    await own.send(notification(), { signal: never });
    expect(own.logged).toHaveLength(1);
    const away = channelOf('kind: log, file: /no/such/folder/x.log');
    expect((await failure(away.send(notification(), { signal: never }))).isPassing).toBe(true);
  });
});
