import { Chalk } from 'chalk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeText } from '#base/escape.ts'
import { Edge } from '#cli/edge.ts'
import { runs } from '../helpers/random-cases.ts'

const edge = new Edge(() => 0.5)
const chalk = new Chalk({ level: 1 })
const red = (text: string) => edge.painted(chalk.red, text)
const bold = (text: string) => edge.painted(chalk.bold, text)

describe('the edge', () => {
  it('lets our colours out as a terminal knows them', () => {
    expect(edge.escaped(`a ${red('b')} c`)).toBe('a \u001b[31mb\u001b[39m c')
  })

  it('lets colours stand inside of colours', () => {
    expect(edge.escaped(red(`a ${bold('b')} c ${red('d')} e`))).toBe(
      chalk.red(`a ${chalk.bold('b')} c ${chalk.red('d')} e`),
    )
  })

  it('shows the colours of others, inside of ours too, and after it was painted twice', () => {
    const hostile = '\u001b[31mx\u001b[5000;5000;5000;5000;31m\u009b31m'
    expect(edge.escaped(hostile)).toBe('\\x1b[31mx\\x1b[5000;5000;5000;5000;31m\\x9b31m')
    expect(edge.escaped(bold(red(hostile)))).toBe(
      chalk.bold(chalk.red('\\x1b[31mx\\x1b[5000;5000;5000;5000;31m\\x9b31m')),
    )
  })

  it('lets nothing out that a terminal acts on but what was painted', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u001b[1m', '\u001b[', ';1m', '\u009b', '\u202e', '\u001b]0;title\u0007'),
    )
    fc.assert(
      fc.property(fc.array(fc.record({ text: piece, painted: fc.boolean() })), (parts) => {
        const out = edge.escaped(parts.map(({ text, painted }) => (painted ? red(text) : text)).join(''))
        const rest = out.replaceAll('\u001b[31m', '').replaceAll('\u001b[39m', '')
        expect(escapeText(rest)).toBe(rest)
      }),
      runs(100),
    )
  })

  it('draws another seal for each call', () => {
    const sealed = (random: number) => new Edge(() => random).painted(chalk.red, 'x')
    expect(sealed(0)).not.toBe(sealed(0.9))
  })
})
