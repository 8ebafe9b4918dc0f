/** What the bus has seen since it started. */
export class Counters {
  received = 0;
  appended = 0;
  duplicates = 0;
  rejected = 0;
  readonly byType = new Map<string, number>();

  countAppended(type: string): void {
    this.appended += 1;
    this.byType.set(type, (this.byType.get(type) ?? 0) + 1);
  }
}
