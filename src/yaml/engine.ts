import type { Event as YamlEvent } from 'js-yaml'

/** The parser below: js-yaml, for its events, which carry positions at no extra cost. */
export type Engine = typeof import('./js-yaml-events.ts')
export type Event = YamlEvent
export type Scalar = Extract<YamlEvent, { type: 4 }>

/** The offset that js-yaml gives for what is not there. */
export const noRange = -1

/** Loaded when the first YAML text comes along: JSON input and `--version` never pay for it. */
export const loadEngine = (): Promise<Engine> => import('./js-yaml-events.ts')
