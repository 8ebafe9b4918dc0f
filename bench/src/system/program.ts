import { Child } from './child.js';

/** What a program can be asked, by name. */
export type Commands = Record<string, (argument: never) => unknown>;

export interface Question {
  id: number;
  command: string;
  argument: unknown;
}

export type Answer = { id: number; result: unknown } | { id: number; error: string };

/** A program of `src/programs`, in a process of its own, that is asked things over its channel. */
export class Program<Known extends Commands> extends Child {
  #lastId = 0;

  /** Resolves with the answer. Throws what the program threw, as text, and `ChildEndedError`. */
  async ask<Name extends keyof Known & string>(
    command: Name,
    ...[argument]: Parameters<Known[Name]>
  ): Promise<Awaited<ReturnType<Known[Name]>>> {
    this.#lastId += 1;
    const id = this.#lastId;
    const coming = this.message((message) => isAnswer(message) && message.id === id);
    this.process.send({ id, command, argument } satisfies Question);
    const answer = (await coming) as Answer;
    if ('error' in answer) throw new Error(`${this.name}, asked to ${command}: ${answer.error}`);
    return answer.result as Awaited<ReturnType<Known[Name]>>;
  }
}

function isAnswer(message: unknown): message is Answer {
  return typeof message === 'object' && message !== null && 'id' in message;
}
