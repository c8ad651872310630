/**
 * What comes first: a value, or the end of all patience after a signal.
 *
 * @param patience milliseconds
 * @param late is called when they have passed
 */
export function unlessAborted<T>(
  item: PromiseLike<T>,
  signal: AbortSignal,
  patience = 0,
  late?: () => undefined,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = (): void => {
      timer = setTimeout(() => resolve(late?.()), patience);
    };
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    };
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    Promise.resolve(item).then(resolve, reject).finally(end);
  });
}
