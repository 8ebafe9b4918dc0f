import type { Issue } from '@bitten/schema';

export interface Batch {
  producer: string;
  first: number;
  count: number;
  acked: number;
  body: Buffer;
}

/** An event of a batch that went to the dead letters. */
export interface Rejection {
  producer_seq: number;
  dead_letter: number | null;
  issues: Issue[];
}
