/** What a trial is told. Plain data: it travels to the trial's own process. */
export interface TrialOptions {
  /** Folder of photos; undefined takes the faces of face-api's package. */
  readonly photos: string | undefined;
  /** Fewer repetitions, smaller stores. */
  readonly quick: boolean;
  /** Of the trial `http`: numbers of service processes on one store, compared in one run. */
  readonly replicas?: readonly number[] | undefined;
  /** Of the trial `http`: where the records are, compared in one run. */
  readonly databases?: readonly DatabaseKind[] | undefined;
}

export type DatabaseKind = 'sqlite' | 'postgres';

/** One row of a trial's table. */
export interface Row {
  readonly name: string;
  /** Column to value, in the unit the column names; `null` where there is none. */
  readonly values: Readonly<Record<string, number | string | null>>;
}

export interface TrialResult {
  readonly rows: readonly Row[];
  /** What the figures leave out or rest on. */
  readonly notes: readonly string[];
}

export interface Trial {
  readonly name: string;
  readonly what: string;
  /** Left out of a quick run. */
  readonly slow?: true;
  run(options: TrialOptions, progress: (done: number, total: number) => void): Promise<TrialResult>;
}
