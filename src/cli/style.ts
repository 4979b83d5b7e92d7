import { UsageError } from '#base/errors.ts'
import { plain, type Style } from '#base/style.ts'
import type { Edge } from './edge.ts'

type ColorMode = 'auto' | 'always' | 'never'

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
export function wantsColor(
  mode: ColorMode,
  terminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (mode !== 'auto') return mode === 'always'
  return terminal && env.TERM !== 'dumb' && env.NO_COLOR === undefined
}

/** The colours of kds, from chalk, loaded only where colour is wanted. They pass the edge. */
export async function loadStyle(colored: boolean, edge: Edge): Promise<Style> {
  if (!colored) return plain
  const { Chalk } = await import('chalk')
  const chalk = new Chalk({ level: 1 })
  const painter = (paint: (text: string) => string) => (text: string) => edge.painted(paint, text)
  return {
    enabled: true,
    bold: painter(chalk.bold),
    dim: painter(chalk.dim),
    inverse: painter(chalk.inverse),
    good: painter(chalk.green),
    bad: painter(chalk.red),
    warn: painter(chalk.yellow),
    accent: painter(chalk.cyan),
  }
}
