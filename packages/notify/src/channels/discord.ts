import type { DiscordChannel, Severity } from '@bitten/alerts';
import { alertLines, fit, oneLine } from '../render/text.js';
import type { Channel } from './channel.js';
import { post } from './post.js';

/** Of an embed's title and description (docs.discord.com, Message resource). */
const title_max = 256;
const description_max = 4_096;
const colors: Record<Severity, number> = { info: 0x1f5fa8, warning: 0xb36b00, critical: 0xb3261e };

/** Marks of its markdown lose their meaning behind a backslash. */
function escapeDiscord(text: string): string {
  return text.replaceAll(/[\\*_~`|>#[\]()<@-]/g, '\\$&');
}

/** A webhook of Discord. Nobody is called by what stands in a message: no mention is allowed. */
export function discord({ url }: DiscordChannel): Channel {
  return {
    send: ({ id, title, alerts, severity }, { signal }) => {
      const parts = alerts.map((alert) => alertLines(alert, escapeDiscord).join('\n'));
      const body = JSON.stringify({
        allowed_mentions: { parse: [] },
        embeds: [
          {
            title: oneLine(escapeDiscord(title), title_max),
            description: fit(parts, description_max),
            color: colors[severity],
            footer: { text: `notification ${id}` },
          },
        ],
      });
      return post({ url, body, signal });
    },
  };
}
