import type { Context } from '#cli/context.ts'
import { LiveScreen } from '#cli/screen.ts'
import { tellWarning } from '#commands/shared/failures.ts'
import type { DaemonSetState } from '#controller/state/types.ts'
import type { StatusProgress } from '#rollout/status.ts'
import { holdsEventLine, statusEventLine } from '#views/status/document.ts'
import { healthText, holdLines } from '#views/status/holds.ts'
import { progressLines, type RolloutProgress } from '#views/status/progress.ts'
import { statusLine } from '#views/status/status.ts'

/** How a roll-out that is followed is shown. */
export interface StatusView {
  /** Milliseconds of standing still after which the view wants to know why; every so often after that, too. */
  readonly patience: number
  changed(progress: StatusProgress): void
  explained(state: DaemonSetState): void
  /** Time has passed. */
  tick(): void
  /** Called once, whatever happened: leaves whole lines only. */
  end(): void
}

export interface FollowedName {
  readonly namespace: string
  readonly name: string
}

/** Why a roll-out does not go on, and the pods that hold it; empty while it moves. */
function whyText({ held, health }: DaemonSetState): string {
  const why = healthText(health)
  if (why === undefined) return ''
  const lines = holdLines(held.filter((pod) => pod.side !== 'time'))
  return [why, ...lines.map((line) => `  ${line}`)].join('\n')
}

/** On a pipe: kubectl's lines. What holds a roll-out back goes to stderr, once for each state. */
export class LineView implements StatusView {
  readonly patience = 10_000
  readonly #name: string
  readonly #context: Context
  #told = ''

  constructor({ name }: FollowedName, context: Context) {
    this.#name = name
    this.#context = context
  }

  changed({ judgement }: StatusProgress): void {
    this.#context.stdout.write(`${statusLine(this.#name, judgement)}\n`)
  }

  explained(state: DaemonSetState): void {
    const text = whyText(state)
    if (text !== '' && text !== this.#told) tellWarning(text, this.#context)
    this.#told = text
  }

  tick(): void {}

  end(): void {}
}

/** `-o json`: an event a line. */
export class JsonView implements StatusView {
  readonly patience = 10_000
  readonly #name: FollowedName
  readonly #context: Context

  constructor(name: FollowedName, context: Context) {
    this.#name = name
    this.#context = context
  }

  changed({ daemonSet, judgement }: StatusProgress): void {
    const { stdout, clock } = this.#context
    const message = statusLine(this.#name.name, judgement)
    const status = daemonSet.status ?? {}
    stdout.write(
      statusEventLine({
        ...this.#name,
        generation: daemonSet.metadata?.generation ?? 0,
        judgement,
        message,
        counts: {
          desired: status.desiredNumberScheduled ?? 0,
          updated: status.updatedNumberScheduled ?? 0,
          ready: status.numberReady ?? 0,
          available: status.numberAvailable ?? 0,
          unavailable: status.numberUnavailable ?? 0,
        },
        now: clock.now(),
      }),
    )
  }

  explained({ held, health }: DaemonSetState): void {
    const { stdout, clock } = this.#context
    stdout.write(holdsEventLine(this.#name, health, held, clock.now()))
  }

  tick(): void {}

  end(): void {}
}

/** On a terminal: a few lines that are drawn in place, and kubectl's last line when it is over. */
export class TerminalView implements StatusView {
  readonly patience = 0
  readonly #name: string
  readonly #context: Context
  readonly #screen: LiveScreen
  readonly #began: number
  #first: number | undefined
  #last: StatusProgress | undefined
  #state: DaemonSetState | undefined

  constructor({ name }: FollowedName, context: Context) {
    this.#name = name
    this.#context = context
    this.#screen = new LiveScreen(context.stdout)
    this.#began = context.clock.now()
  }

  changed(progress: StatusProgress): void {
    const { judgement, daemonSet } = progress
    this.#first ??= daemonSet.status?.updatedNumberScheduled ?? 0
    // A new roll-out starts the count anew.
    this.#first = Math.min(this.#first, daemonSet.status?.updatedNumberScheduled ?? 0)
    this.#last = progress
    if (judgement.state !== 'done' && judgement.state !== 'unsupported') this.tick()
  }

  explained(state: DaemonSetState): void {
    this.#state = state
    this.tick()
  }

  tick(): void {
    if (this.#last) this.#screen.draw(this.#lines(this.#last))
  }

  end(): void {
    this.#screen.clear()
    if (!this.#last) return
    const { judgement } = this.#last
    this.#context.stdout.write(`${statusLine(this.#name, judgement)}\n`)
    const why = judgement.state === 'done' || !this.#state ? '' : whyText(this.#state)
    if (why !== '') tellWarning(why, this.#context)
  }

  #lines({ daemonSet, judgement }: StatusProgress): string[] {
    const { stdout, style, clock } = this.#context
    const status = daemonSet.status ?? {}
    const updated = status.updatedNumberScheduled ?? 0
    const state = this.#state
    const progress: RolloutProgress = {
      name: this.#name,
      judgement,
      desired: status.desiredNumberScheduled ?? 0,
      updated,
      available: status.numberAvailable ?? 0,
      revision:
        state?.rolledOut.number === undefined
          ? undefined
          : { number: state.rolledOut.number, images: state.rolledOut.images },
      elapsed: clock.now() - this.#began,
      finished: updated - (this.#first ?? updated),
      holds: state?.held ?? [],
    }
    const why = state && healthText(state.health)
    const lines = progressLines(progress, stdout.columns, style.stdout)
    return why === undefined ? lines : [...lines, style.stdout.bad(why)]
  }
}
