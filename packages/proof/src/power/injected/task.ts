/** What a program with a disk that can be cut is told, as JSON in `PROOF_POWER`. */
export interface PowerTask {
  /** What is below them is on the disk. */
  folders: readonly string[];
  /** Keeps what may have to come back. */
  graveyard: string;
  seed: string;
  /** The power fails within the call to the disk of this number; null: when the program gets SIGUSR2. */
  cutAt: number | null;
}
