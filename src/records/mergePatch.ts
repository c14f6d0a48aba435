/** Deepest a patch may be nested; the statutory record has four levels. */
const deepest = 8;

/**
 * JSON Merge Patch (RFC 7396): what the patch names replaces what was there, null removes it, arrays are replaced as
 * a whole.
 */
export function mergePatch(target: unknown, patch: unknown, depth = 0): unknown {
  if (!isObject(patch) || depth > deepest) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value, depth + 1);
  }
  return result;
}

/** JSON pointers (RFC 6901) of the values in which two documents differ; arrays count as one value. */
export function differences(before: unknown, after: unknown, pointer = ''): string[] {
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => differences(before[name], after[name], `${pointer}/${name}`));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [pointer];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
