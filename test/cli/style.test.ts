import { describe, expect, it } from 'vitest'
import { Edge } from '#cli/edge.ts'
import { knowsPalette, loadStyle, palette } from '#cli/style.ts'

type Colour = readonly [red: number, green: number, blue: number]

/** A colour of the table of 256 that is no theme's: a cube of six steps. */
function ofTable(number: number): Colour {
  const step = (digit: number) => (digit === 0 ? 0 : 55 + 40 * digit)
  const at = number - 16
  return [step(Math.floor(at / 36)), step(Math.floor(at / 6) % 6), step(at % 6)]
}

/** IEC 61966-2-1, from 0 to 1. */
const linear = (colour: Colour) =>
  colour.map((value) => (value <= 10 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4))

type Rows = readonly (readonly [number, number, number])[]

/** What people see: Machado, Oliveira and Fernandes (2009), severity 1. */
const eyes: Readonly<Record<string, Rows>> = {
  'all colours': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

const times = (rows: Rows, [x = 0, y = 0, z = 0]: readonly number[]) =>
  rows.map(([a, b, c]) => Math.min(1, Math.max(0, a * x + b * y + c * z)))

/** CIE L*a*b*. */
function lab(rgb: readonly number[]): readonly number[] {
  const white = [0.95047, 1, 1.08883]
  const xyz: Rows = [
    [0.4124, 0.3576, 0.1805],
    [0.2126, 0.7152, 0.0722],
    [0.0193, 0.1192, 0.9505],
  ]
  const [x = 0, y = 0, z = 0] = xyz
    .map(([a, b, c]) => a * (rgb[0] ?? 0) + b * (rgb[1] ?? 0) + c * (rgb[2] ?? 0))
    .map((value, at) => value / (white[at] ?? 1))
    .map((value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116))
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const distance = (one: readonly number[], other: readonly number[]) =>
  Math.hypot(...one.map((value, at) => value - (other[at] ?? 0)))

const luminance = (colour: Colour) => {
  const [r = 0, g = 0, b = 0] = linear(colour)
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** As WCAG 2 counts it. */
const contrast = (one: Colour, other: Colour) => {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const colours = Object.entries(palette).map(([name, number]) => [name, ofTable(number)] as const)
const grounds = { black: [0, 0, 0], white: [255, 255, 255] } as const

describe('the palette', () => {
  it.each(colours)('is readable on black and on white: %s', (_, colour) => {
    for (const ground of Object.values(grounds)) expect(contrast(colour, ground)).toBeGreaterThan(3)
  })

  // A distance of 10 is seen at a glance; 16 colours of a terminal have pairs of 6 under protanopia.
  it.each(Object.entries(eyes))('is told apart by eyes that see %s', (_, seen) => {
    for (const [at, [, one]] of colours.entries())
      for (const [, other] of colours.slice(at + 1))
        expect(distance(lab(times(seen, linear(one))), lab(times(seen, linear(other))))).toBeGreaterThan(18)
  })

  it.each([
    [{ TERM: 'xterm-256color' }, true],
    [{ TERM: 'xterm', COLORTERM: 'truecolor' }, true],
    [{ WT_SESSION: '0a' }, true],
    [{ TERM: 'xterm' }, false],
    [{}, false],
  ])('is used where the terminal says that it knows it: %j', async (env, known) => {
    expect(knowsPalette(env)).toBe(known)
    const edge = new Edge(() => 0.5)
    const style = await loadStyle(true, edge, env)
    const text = edge.escaped(style.bold(style.bad('x')))
    expect(text).toBe(
      known ? '\u001b[1m\u001b[38;5;197mx\u001b[39m\u001b[22m' : '\u001b[1m\u001b[31mx\u001b[39m\u001b[22m',
    )
  })
})
