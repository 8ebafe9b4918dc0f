import type { TelegramChannel } from '@bitten/alerts';
import { alertLines, fit } from '../render/text.js';
import { type Channel, DeliveryError } from './channel.js';
import { post } from './post.js';

/** Of a message's text (core.telegram.org/bots/api, sendMessage). */
const text_max = 4_096;

/** A name behind an @ calls whoever has it, also in plain text; a space of no width lets it be a text. */
const callNobody = (text: string) => text.replaceAll('@', '@\u200b');

/** Plain text to a chat: without a parse mode nothing in it is markup. */
export function telegram({ url, token, chat }: TelegramChannel): Channel {
  return {
    send: async ({ id, alerts }, { signal }) => {
      const parts = alerts.map((alert) => alertLines(alert, callNobody).join('\n'));
      const body = JSON.stringify({
        chat_id: chat,
        text: fit([...parts, `notification ${id}`], text_max),
        link_preview_options: { is_disabled: true },
      });
      try {
        await post({ url: `${url.replace(/\/+$/, '')}/bot${token}/sendMessage`, body, signal });
      } catch (error) {
        throw error instanceof DeliveryError ? withRetryAfter(error) : error;
      }
    },
  };
}

/** Telegram says in its answer, not in a header, when it wants to be asked again. */
function withRetryAfter(error: DeliveryError): DeliveryError {
  const said = /"retry_after"\s*:\s*(\d+)/.exec(error.message)?.[1];
  if (said === undefined) return error;
  return new DeliveryError(error.message, { isPassing: true, retryAfter_s: Number(said), cause: error });
}
