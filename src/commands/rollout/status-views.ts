import type { Context } from '#cli/context.ts'
import { LiveScreen } from '#cli/screen.ts'
import { tellWarning } from '#commands/shared/failures.ts'
import type { RestartedPod } from '#controller/state/restarted.ts'
import { holdsEventLine, statusEventLine, summaryEventLine } from '#views/status/document.ts'
import { explanation } from '#views/status/holds.ts'
import { progressLines, type RolloutProgress, severalLines } from '#views/status/progress.ts'
import { statusLine } from '#views/status/status.ts'
import { restartsText, type Summary, summaryText } from '#views/status/summary.ts'
import type { Followed } from './followed.ts'

/** How roll-outs that are followed are shown. */
export interface StatusView {
  /** Milliseconds of standing still after which the view wants to know why; every so often after that, too. */
  readonly patience: number
  changed(one: Followed): void
  explained(one: Followed): void
  /** It is done. The summary is missing where nothing was followed; `restarted` are pods worth a warning. */
  concluded(one: Followed, summary: Summary | undefined, restarted: readonly RestartedPod[]): void
  /** Time has passed; missing where that changes nothing. */
  tick?(): void
  /** Called once, whatever happened: leaves whole lines only. */
  end(): void
}

const lineOf = ({ last, name }: Followed) =>
  last ? `${statusLine(name.name, last.judgement, last.daemonSet)}\n` : ''

function warnOfRestarts(restarted: readonly RestartedPod[], context: Context): void {
  if (restarted.length > 0) tellWarning(restartsText(restarted), context)
}

/** On a pipe: kubectl's lines. What holds a roll-out back, and how it went, goes to stderr, once for each state. */
export class LineView implements StatusView {
  readonly patience = 10_000
  readonly #context: Context
  readonly #told = new Map<Followed, string>()

  constructor(context: Context) {
    this.#context = context
  }

  changed(one: Followed): void {
    this.#context.stdout.write(lineOf(one))
  }

  explained(one: Followed): void {
    const { stderr } = this.#context
    const text = one.state ? explanation(one.state, stderr.isTerminal ? stderr.columns : undefined) : ''
    if (text !== '' && text !== this.#told.get(one)) tellWarning(text, this.#context)
    this.#told.set(one, text)
  }

  concluded(_: Followed, summary: Summary | undefined, restarted: readonly RestartedPod[]): void {
    if (summary) this.#context.stderr.write(`${summaryText(summary)}\n`)
    warnOfRestarts(restarted, this.#context)
  }

  end(): void {}
}

/** `-o json`: an event a line. */
export class JsonView implements StatusView {
  readonly patience = 10_000
  readonly #context: Context

  constructor(context: Context) {
    this.#context = context
  }

  changed({ counts, last, name }: Followed): void {
    if (!last) return
    const { stdout, clock } = this.#context
    const { daemonSet, judgement } = last
    const message = statusLine(name.name, judgement, daemonSet)
    const generation = daemonSet.metadata?.generation ?? 0
    stdout.write(statusEventLine({ ...name, generation, judgement, message, counts, now: clock.now() }))
  }

  explained({ state }: Followed): void {
    const { stdout, clock } = this.#context
    if (state) stdout.write(holdsEventLine(state, clock.now()))
  }

  concluded({ name }: Followed, summary: Summary | undefined, restarted: readonly RestartedPod[]): void {
    const { stdout, clock } = this.#context
    if (summary) stdout.write(summaryEventLine(name, summary, clock.now()))
    warnOfRestarts(restarted, this.#context)
  }

  end(): void {}
}

/** At most so often changes alone draw the picture anew. */
const redrawMs = 900

/** On a terminal: a picture that is drawn in place, and kubectl's last line when it is over. */
export class TerminalView implements StatusView {
  readonly patience = 0
  readonly #all: readonly Followed[]
  readonly #context: Context
  readonly #screen: LiveScreen
  #drawnAt = Number.NEGATIVE_INFINITY
  readonly #after = new Map<
    Followed,
    { readonly summary: Summary | undefined; readonly restarted: readonly RestartedPod[] }
  >()

  constructor(all: readonly Followed[], context: Context) {
    this.#all = all
    this.#context = context
    this.#screen = new LiveScreen(context.stdout)
  }

  changed({ last }: Followed): void {
    // What has nothing to follow draws nothing.
    const alone = this.#all.length === 1
    if (last && !(alone && (last.judgement.state === 'done' || last.judgement.state === 'unsupported')))
      this.#soon()
  }

  explained(): void {
    this.tick()
  }

  concluded(one: Followed, summary: Summary | undefined, restarted: readonly RestartedPod[]): void {
    this.#after.set(one, { summary, restarted })
  }

  /** Where hundreds of nodes change in a second, the next tick draws them all. */
  #soon(): void {
    if (this.#context.clock.now() - this.#drawnAt >= redrawMs) this.tick()
  }

  tick(): void {
    this.#drawnAt = this.#context.clock.now()
    const shown = this.#all.filter((one) => one.last !== undefined)
    const [first] = shown
    if (!first || (this.#all.length === 1 && first.done && first.settlesUntil === undefined)) return
    const { stdout, style } = this.#context
    const height = Math.max(6, stdout.rows - 1)
    const lines =
      this.#all.length === 1
        ? progressLines(this.#progressOf(first), stdout.columns, height, style.stdout)
        : severalLines(
            shown.map((one) => this.#progressOf(one)),
            stdout.columns,
            height,
            style.stdout,
          )
    this.#screen.draw(lines)
  }

  end(): void {
    const { stdout, stderr } = this.#context
    this.#screen.clear()
    for (const one of this.#all) {
      stdout.write(lineOf(one))
      const { summary, restarted = [] } = this.#after.get(one) ?? {}
      if (summary) stderr.write(`${summaryText(summary)}\n`)
      warnOfRestarts(restarted, this.#context)
      const why = one.done || !one.state ? '' : explanation(one.state, stderr.columns)
      if (why !== '') tellWarning(why, this.#context)
    }
  }

  #progressOf(one: Followed): RolloutProgress {
    const { counts, daemonSet, finished, last, name, settlesUntil, state } = one
    const now = this.#context.clock.now()
    return {
      ...name,
      judgement: last?.judgement ?? { state: 'unobserved' },
      desired: counts.desired,
      updated: counts.updated,
      available: counts.available,
      elapsed: now - one.began,
      finished,
      state: state && { ...state, daemonSet: last?.daemonSet ?? daemonSet },
      settles: settlesUntil === undefined ? undefined : settlesUntil - now,
    }
  }
}
