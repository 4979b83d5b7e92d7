/** How a view marks its text. With colour off each function returns its input, so meaning never depends on colour. */
export interface Style {
  readonly enabled: boolean
  bold(text: string): string
  dim(text: string): string
  /** Ground and letters change places, so that the colour fills the cells. */
  inverse(text: string): string
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
  accent(text: string): string
}

const same = (text: string) => text

export const plain: Style = {
  enabled: false,
  bold: same,
  dim: same,
  inverse: same,
  good: same,
  bad: same,
  warn: same,
  accent: same,
}
