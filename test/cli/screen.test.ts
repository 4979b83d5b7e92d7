import { describe, expect, it } from 'vitest'
import { LiveScreen } from '#cli/screen.ts'

function screen(columns: number) {
  const stream = {
    columns,
    isTerminal: true,
    rows: 24,
    written: '',
    write: () => undefined,
    taken: async () => undefined,
    draw(controls: string) {
      stream.written += controls
    },
    escaped: (text: string) => text.replaceAll('\u0007', '\\x07'),
  }
  const live = new LiveScreen(stream)
  const drawn = (...lines: readonly string[]) => {
    stream.written = ''
    live.draw(lines)
    return stream.written.replace('\u001b[?2026h', '').replace('\u001b[?2026l', '')
  }
  return { stream, live, drawn }
}

describe('LiveScreen', () => {
  it('draws lines, and all again where one changed: somebody may have typed into them', () => {
    const { drawn } = screen(20)
    expect(drawn('one', 'two')).toBe('\rone\u001b[K\r\n\rtwo\u001b[K\r\n')
    expect(drawn('one', 'three')).toBe('\r\u001b[2A\rone\u001b[K\r\n\rthree\u001b[K\r\n')
    expect(drawn('one', 'three')).toBe('')
    expect(drawn('one')).toBe('\r\u001b[2A\rone\u001b[K\r\n\u001b[J')
  })

  it('cuts what is wider than the terminal, wide characters by their columns', () => {
    const { drawn } = screen(9)
    expect(drawn('node-1 is not ready', '日本語日本', '日本語日', 'e\u0301'.repeat(9))).toBe(
      ['node-1 i…', '日本語日…', '日本語日', 'e\u0301'.repeat(9)]
        .map((line) => `\r${line}\u001b[K\r\n`)
        .join(''),
    )
  })

  it('draws all anew where the terminal became narrower', () => {
    const { drawn, stream } = screen(10)
    drawn('日本語日本', 'two')
    stream.columns = 6
    // The wide line takes two rows by now.
    expect(drawn('日本語日本', 'two')).toBe('\r\u001b[3A\r日本…\u001b[K\r\n\rtwo\u001b[K\r\n\u001b[J')
  })

  it('escapes what the terminal would act on before it cuts', () => {
    const { drawn } = screen(4)
    expect(drawn('\u0007ab')).toBe('\r\\x0…\u001b[K\r\n')
  })

  it('clears what it drew', () => {
    const { live, stream, drawn } = screen(10)
    drawn('one')
    stream.written = ''
    live.clear()
    expect(stream.written).toBe('\u001b[?2026h\r\u001b[1A\u001b[J\u001b[?2026l')
  })
})
