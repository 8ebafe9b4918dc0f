/** What every refused request answers with. */
export interface ApiError {
  error: {
    /** For programs. */
    code: string;
    /** For people. */
    message: string;
    found?: string;
    expected?: string;
    remedy?: string;
    /** Where a payload is wrong: a line each. */
    issues?: ApiIssue[];
  };
}

export interface ApiIssue {
  /** `data.confidence`; empty for the whole. */
  path: string;
  code: string;
  found: string;
  expected: string;
}

/** What the pages have to know before they ask for anything: `GET /api/about`. */
export interface About {
  version: string;
  /** The event types of the catalogue, for the filters. */
  types: string[];
  /** Whether the token that came with the request lets it change something. */
  may_change: boolean;
  data_dir_name: string;
  /** The ports a `bitten` command has to be told, empty where they are the usual ones. */
  command_flags: string;
}
