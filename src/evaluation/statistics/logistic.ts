/** Logistic regression on standardised features: the score rises with the probability of the positive class. */
export type LinearScore = (features: readonly number[]) => number;

export interface LogisticOptions {
  /** Weight of the squared coefficients: the more features for the number of samples, the higher. */
  readonly penalty: number;
  readonly steps: number;
}

/** Fits by accelerated gradient descent (Nesterov) with both classes weighing the same, however many samples each has. */
export function fitLogistic(
  positive: readonly (readonly number[])[],
  negative: readonly (readonly number[])[],
  { penalty, steps }: LogisticOptions,
): LinearScore {
  const samples = [...positive, ...negative];
  const width = samples[0]?.length ?? 0;
  const mean = columnsOf(width, (k) => average(samples, (row) => row[k] as number));
  const scale = columnsOf(width, (k) => {
    const variance = average(samples, (row) => ((row[k] as number) - (mean[k] as number)) ** 2);
    return 1 / Math.sqrt(variance + 1e-12);
  });
  const standard = (row: readonly number[]): Float64Array =>
    columnsOf(width, (k) => ((row[k] as number) - (mean[k] as number)) * (scale[k] as number));
  const rows = samples.map(standard);
  const weights = new Float64Array(width + 1);
  const ahead = new Float64Array(width + 1);
  const rate = 4 / (width + 1 + 4 * penalty);
  for (let step = 0; step < steps; step++) {
    const gradient = new Float64Array(width + 1);
    rows.forEach((row, i) => {
      const isPositive = i < positive.length;
      const share = 0.5 / (isPositive ? positive.length : negative.length);
      const error = share * (sigmoid(linear(ahead, row)) - (isPositive ? 1 : 0));
      for (let k = 0; k < width; k++) gradient[k] = (gradient[k] as number) + error * (row[k] as number);
      gradient[width] = (gradient[width] as number) + error;
    });
    const momentum = step / (step + 3);
    for (let k = 0; k <= width; k++) {
      const pull = k < width ? penalty * (ahead[k] as number) : 0;
      const next = (ahead[k] as number) - rate * ((gradient[k] as number) + pull);
      ahead[k] = next + momentum * (next - (weights[k] as number));
      weights[k] = next;
    }
  }
  return (features) => linear(weights, standard(features));
}

function columnsOf(width: number, value: (k: number) => number): Float64Array {
  return Float64Array.from({ length: width }, (_, k) => value(k));
}

function average<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0) / items.length;
}

function linear(weights: Float64Array, row: Float64Array): number {
  let sum = weights[row.length] as number;
  for (let k = 0; k < row.length; k++) sum += (weights[k] as number) * (row[k] as number);
  return sum;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
