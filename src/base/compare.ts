/** Sorts as JavaScript compares texts: by their UTF-16 units. */
export const compareText = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0)

/** Sorts by a text of each. */
export const byText =
  <T>(textOf: (item: T) => string) =>
  (a: T, b: T): number =>
    compareText(textOf(a), textOf(b))
