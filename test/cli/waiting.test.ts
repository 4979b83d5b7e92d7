import { Chalk } from 'chalk'
import { describe, expect, it } from 'vitest'
import { Edge } from '#cli/edge.ts'
import { WaitingLine, waitingMs } from '#cli/waiting.ts'
import { TerminalScreen } from '../helpers/terminal-screen.ts'

const chalk = new Chalk({ level: 1 })

/** A person at a terminal, whose patience ends when the test says so. */
function onlooker(columns = 80, color = false) {
  const edge = new Edge(() => 0.5)
  const screen = new TerminalScreen(columns)
  const slept: number[] = []
  let raw = ''
  let patienceEnds = () => {}
  let drawn = () => {}
  const write = (text: string) => {
    raw += text
    screen.write(text)
    drawn()
  }
  const waiting: WaitingLine = new WaitingLine({
    stderr: edge.guard({ write, isTerminal: true, columns, rows: 24 }),
    paint: (text) => (color ? edge.painted(chalk.cyan, text) : text),
    clock: {
      now: () => 0,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          slept.push(ms)
          signal?.addEventListener('abort', () => reject(signal.reason))
          patienceEnds = resolve
        }),
    },
  })
  const others = edge.guard(
    { write, isTerminal: true, columns, rows: 24 },
    { written: () => waiting.stepAside(), drawn: () => waiting.end() },
  )
  return {
    waiting,
    screen,
    slept,
    others,
    raw: () => raw,
    patienceEnds: () => patienceEnds(),
    /** When the line shows this; what is loaded for it is loaded meanwhile. */
    shows: (pattern: RegExp) =>
      new Promise<void>((resolve) => {
        drawn = () => pattern.test(screen.text) && resolve()
        drawn()
      }),
  }
}

/** Work that lasts until it is told to end. */
function work() {
  let end = () => {}
  const done = new Promise<void>((resolve) => {
    end = resolve
  })
  return { done, end }
}

/** Time for whatever might still come. */
async function settled(): Promise<void> {
  await import('#cli/spinner.ts')
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('waiting', () => {
  it('says nothing about what is quick', async () => {
    const { waiting, slept, raw, patienceEnds } = onlooker()
    await waiting.during('reading', 'pods', async (progress) => progress(500))
    waiting.end()
    patienceEnds()
    await settled()
    expect(slept).toEqual([waitingMs])
    expect(raw()).toBe('')
  })

  it('tells what is read and how many so far, and leaves nothing behind', async () => {
    const { waiting, screen, shows, patienceEnds } = onlooker()
    const [pods, nodes] = [work(), work()]
    let count: (value: number) => void = () => {}
    const reading = waiting.during('reading', 'pods', (progress) => {
      count = progress
      return pods.done
    })
    const also = waiting.during('reading', 'nodes', () => nodes.done)
    patienceEnds()
    await shows(/^\S reading pods, nodes\.{3}$/)
    count(3500)
    expect(screen.text).toMatch(/^\S reading pods 3,500, nodes\.{3}$/)
    nodes.end()
    await also
    expect(screen.text).toMatch(/^\S reading pods 3,500\.{3}$/)
    pods.end()
    await reading
    waiting.end()
    expect(screen.text).toBe('')
  })

  it('goes before anything else is written, and comes back when that was not the end of it', async () => {
    const { waiting, screen, shows, slept, others, patienceEnds } = onlooker()
    const pods = work()
    const reading = waiting.during('reading', 'pods', () => pods.done)
    patienceEnds()
    await shows(/reading pods/)
    others.write('Warning: old\n')
    expect(screen.text).toBe('Warning: old')
    expect(slept).toEqual([waitingMs, waitingMs])
    patienceEnds()
    await shows(/^Warning: old\n\S reading pods\.{3}$/)
    pods.end()
    await reading
    others.write('done\n')
    expect(screen.text).toBe('Warning: old\ndone')
    expect(slept).toHaveLength(2)
  })

  it('is not shown when something was written while it was loaded', async () => {
    const { waiting, others, screen, patienceEnds } = onlooker()
    const pods = work()
    void waiting.during('reading', 'pods', () => pods.done)
    patienceEnds()
    others.write('done\n')
    await settled()
    expect(screen.text).toBe('done')
  })

  it('leaves the terminal to a view that is drawn, and to a program while it runs', async () => {
    const { waiting, others, screen, shows, slept, patienceEnds } = onlooker()
    const [pods, plugin] = [work(), work()]
    void waiting.during('reading', 'pods', () => waiting.aside(() => plugin.done).then(() => pods.done))
    await settled()
    expect(slept).toEqual([waitingMs])
    patienceEnds()
    await settled()
    expect(screen.text).toBe('')
    plugin.end()
    await settled()
    expect(slept).toEqual([waitingMs, waitingMs])
    patienceEnds()
    await shows(/reading pods/)
    others.draw('\rview')
    expect(screen.text).toBe('view')
    await settled()
    expect(slept).toHaveLength(2)
  })

  it('fits into a narrow terminal', async () => {
    const { waiting, screen, shows, patienceEnds } = onlooker(20)
    void waiting.during('reading', 'controllerrevisions', () => work().done)
    patienceEnds()
    await shows(/^\S reading controll…$/)
    expect(screen.broken).toEqual([])
    waiting.end()
    expect(screen.text).toBe('')
  })

  it.each([true, false])('is coloured where colour is wanted: %s', async (color) => {
    const { waiting, shows, raw, patienceEnds } = onlooker(80, color)
    void waiting.during('reading', 'pods', () => work().done)
    patienceEnds()
    await shows(/reading pods/)
    waiting.end()
    expect(raw().includes('\u001b[36m')).toBe(color)
    expect(raw()).not.toMatch(/x1b|5000|\?25[lh]/)
  })
})
