import { UsageError } from '#base/errors.ts'
import { plain, type Style } from '#base/style.ts'
import type { Edge } from './edge.ts'

type ColorMode = 'auto' | 'always' | 'never'
type Environment = Readonly<Record<string, string | undefined>>

export const colorModes: readonly ColorMode[] = ['auto', 'always', 'never']

/** Reads a `--color` value; an unknown one is a usage error. */
export function parseColorMode(text: string): ColorMode {
  const mode = colorModes.find((known) => known === text)
  if (!mode)
    throw new UsageError(`invalid argument "${text}" for "--color" flag: must be auto, always or never`)
  return mode
}

/**
 * Whether to colour. `auto` follows kubectl's rule (`printers.AllowsColorOutput`): a terminal, TERM other than `dumb`, and
 * NO_COLOR not set at all: its mere presence, even empty, switches colour off.
 */
export function wantsColor(mode: ColorMode, terminal: boolean, env: Environment): boolean {
  if (mode !== 'auto') return mode === 'always'
  return terminal && env.TERM !== 'dumb' && env.NO_COLOR === undefined
}

/**
 * The colours of kds, by their numbers in the table of 256, whose upper part is the same everywhere, whatever the theme:
 * bluish green, crimson, ochre, blue. People who do not tell red from green still tell them apart, and they are readable on
 * black and on white; the tests compute both.
 */
export const palette = { good: 29, bad: 197, warn: 136, accent: 33 } as const

/** Terminals that say that they know 256 colours; all others get the 16 of their theme. */
export const knowsPalette = ({ COLORTERM, TERM = '', WT_SESSION }: Environment): boolean =>
  /256col|kitty|ghostty|alacritty|wezterm|^foot/.test(TERM) || Boolean(COLORTERM || WT_SESSION)

/** The colours of kds, from chalk, loaded only where colour is wanted. They pass the edge. */
export async function loadStyle(colored: boolean, edge: Edge, env: Environment): Promise<Style> {
  if (!colored) return plain
  const { Chalk } = await import('chalk')
  const chalk = new Chalk({ level: knowsPalette(env) ? 2 : 1 })
  const painter = (paint: (text: string) => string) => (text: string) => edge.painted(paint, text)
  const { accent, bad, good, warn } =
    chalk.level === 1
      ? { good: chalk.green, bad: chalk.red, warn: chalk.yellow, accent: chalk.cyan }
      : {
          good: chalk.ansi256(palette.good),
          bad: chalk.ansi256(palette.bad),
          warn: chalk.ansi256(palette.warn),
          accent: chalk.ansi256(palette.accent),
        }
  return {
    enabled: true,
    bold: painter(chalk.bold),
    dim: painter(chalk.dim),
    inverse: painter(chalk.inverse),
    good: painter(good),
    bad: painter(bad),
    warn: painter(warn),
    accent: painter(accent),
  }
}
