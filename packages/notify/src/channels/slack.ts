import type { SlackChannel } from '@bitten/alerts';
import { alertLines, fit, oneLine } from '../render/text.js';
import type { Channel } from './channel.js';
import { post } from './post.js';

/** Of a text object in a section block (docs.slack.dev, Block Kit). */
const text_max = 3_000;

/** The three characters that Slack reads as its own: with them away nobody can be called, and nothing is a link. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** An incoming webhook of Slack, or of whatever takes its shape. */
export function slack({ url }: SlackChannel): Channel {
  return {
    send: ({ id, title, alerts }, { signal }) => {
      const parts = alerts.map((alert) => alertLines(alert, escapeSlack).join('\n'));
      const body = JSON.stringify({
        text: escapeSlack(oneLine(title)),
        blocks: [
          { type: 'section', text: { type: 'mrkdwn', text: fit(parts, text_max), verbatim: true } },
          { type: 'context', elements: [{ type: 'plain_text', text: `notification ${id}` }] },
        ],
      });
      return post({ url, body, signal });
    },
  };
}
