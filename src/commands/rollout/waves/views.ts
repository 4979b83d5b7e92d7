import type { Context } from '#cli/context.ts'
import { LiveScreen } from '#cli/screen.ts'
import { jsonText } from '#cli/structured.ts'
import type { WaveProgress } from '#controller/waves/decide.ts'
import type { WavesEnd, WavesEvent } from '#rollout/waves/events.ts'
import { clockText } from '#views/clock-text.ts'
import { counted } from '#views/names.ts'
import { wavesEvent } from '#views/waves/document.ts'
import { lines, progressLines } from '#views/waves/text.ts'

type Name = { readonly name: string; readonly namespace: string }

/** How a roll-out in waves is shown while it goes on. */
export interface WavesView {
  tell(event: WavesEvent): void
  /** A line of its own. */
  say(event: string, text: string, more?: object): void
  end(end: WavesEnd): void
  /** Called once, whatever happened: leaves whole lines only. */
  close(): void
}

/** The line about how it came out. */
function endText({ name }: Name, { leftOut, minAvailable, outcome, progress }: WavesEnd): string {
  const subject = `daemonset.apps/${name}`
  switch (outcome) {
    case 'rolled-out': {
      const counts = progress
        ? `: ${counted(progress.desired - leftOut.length, 'node')}, never fewer than ${minAvailable} available, ${counted(progress.restarts, 'restart')}`
        : ''
      return `${subject} rolled out in waves${counts}; its own strategy is back`
    }
    case 'aborted':
      return `${subject} is back at its old revision; its own strategy is back`
    case 'handed-over':
      return `${subject}: the waves were ended; its own strategy does the rest`
    case 'paused':
      return `${subject} is paused`
  }
}

/** Lines, as a pipe gets them and a terminal keeps them. */
class LineView implements WavesView {
  protected readonly name: Name
  protected readonly context: Context
  protected readonly bake: number

  constructor(name: Name, bake: number, context: Context) {
    this.name = name
    this.bake = bake
    this.context = context
  }

  tell(event: WavesEvent): void {
    for (const line of this.linesOf(event)) this.write(line)
  }

  say(_: string, text: string): void {
    this.write(text)
  }

  end(end: WavesEnd): void {
    this.write(`${endText(this.name, end)}${this.endNote()}`)
  }

  close(): void {}

  protected endNote(): string {
    return ''
  }

  protected write(line: string): void {
    this.context.stdout.write(`${line}\n`)
  }

  private linesOf(event: WavesEvent): string[] {
    switch (event.kind) {
      case 'waiting':
        return [lines.waiting(event.holder, event.until - this.context.clock.now())]
      case 'wave': {
        const { leftOut } = event.progress
        return [
          lines.wave(event.progress, event.names),
          ...(leftOut.length > 0 ? [lines.leftOut(event.progress)] : []),
        ]
      }
      case 'progress':
        return []
      case 'baking':
        return [lines.baking(event.progress, this.bake)]
      case 'gate':
        return event.state === 'passed' ? [lines.gatePassed(event.progress)] : []
      case 'paused':
        return [lines.paused(event.progress, event.why)]
      case 'resumed':
        return [lines.resumed(event.progress)]
      case 'promoted':
        return [lines.promoted(event.progress)]
      case 'aborting':
        return [lines.aborting(event.why)]
      case 'held':
        return [lines.held(event.pod, event.node, event.why)]
    }
  }
}

/** How often what is drawn in place counts on. */
const tickMs = 500

/** Lines, and below them how far the wave is, drawn in place. */
class TerminalView extends LineView {
  readonly #screen: LiveScreen
  readonly #began: number
  readonly #over = new AbortController()
  #progress: WaveProgress | undefined
  #bakesUntil: number | undefined
  #paused = false
  #aborting = false

  constructor(name: Name, bake: number, context: Context) {
    super(name, bake, context)
    this.#screen = new LiveScreen(context.stdout)
    this.#began = context.clock.now()
    void this.#tick()
  }

  override tell(event: WavesEvent): void {
    if ('progress' in event) this.#progress = event.progress
    if (event.kind === 'baking') this.#bakesUntil = event.until
    else if (event.kind !== 'progress' && event.kind !== 'held') this.#bakesUntil = undefined
    if (event.kind === 'aborting') this.#aborting = true
    if (event.kind !== 'progress') this.#paused = event.kind === 'paused'
    super.tell(event)
    this.#draw()
  }

  override end(end: WavesEnd): void {
    this.close()
    super.end(end)
  }

  override close(): void {
    this.#over.abort()
    this.#screen.clear()
  }

  protected override endNote(): string {
    return `, after ${clockText((this.context.clock.now() - this.#began) / 1000)}`
  }

  protected override write(line: string): void {
    this.#screen.clear()
    super.write(line)
  }

  async #tick(): Promise<void> {
    const { clock } = this.context
    try {
      for (;;) {
        await clock.sleep(tickMs, this.#over.signal)
        if (this.#over.signal.aborted) return
        this.#draw()
      }
    } catch {
      // It is over.
    }
  }

  #draw(): void {
    const progress = this.#progress
    if (!progress || this.#over.signal.aborted) return
    const { clock, style } = this.context
    const now = clock.now()
    const left = this.#bakesUntil === undefined ? {} : { leftOfBake: this.#bakesUntil - now }
    const facts = { elapsed: now - this.#began, paused: this.#paused, aborting: this.#aborting, ...left }
    this.#screen.draw(progressLines(progress, facts, style.stdout))
  }
}

/** `-o json`: an event a line. */
class JsonView implements WavesView {
  readonly #name: Name
  readonly #context: Context

  constructor(name: Name, context: Context) {
    this.#name = name
    this.#context = context
  }

  tell(event: WavesEvent): void {
    const { kind, ...more } = event
    const { progress, until, ...rest } = more as { progress?: WaveProgress; until?: number }
    this.#write(kind, progress, {
      ...rest,
      ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    })
  }

  say(event: string, _: string, more: object = {}): void {
    this.#write(event, undefined, more)
  }

  end({ leftOut, minAvailable, outcome, progress, why }: WavesEnd): void {
    this.#write(outcome, progress, { minAvailable, leftOut, ...(why === '' ? {} : { why }) })
  }

  close(): void {}

  #write(event: string, progress: WaveProgress | undefined, more: object): void {
    const { clock, stdout } = this.#context
    stdout.write(jsonText(wavesEvent(this.#name, clock.now(), event, progress, more)))
  }
}

/** The view for where stdout goes. @param bake Milliseconds. */
export function wavesView(name: Name, bake: number, json: boolean, context: Context): WavesView {
  if (json) return new JsonView(name, context)
  const live = context.stdout.isTerminal && context.env.TERM !== 'dumb'
  return live ? new TerminalView(name, bake, context) : new LineView(name, bake, context)
}
