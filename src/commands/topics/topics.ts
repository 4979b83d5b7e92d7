import type { TopicSpec } from '#cli/topics/spec.ts'
import { environmentTopic } from './environment.ts'
import { exitCodesTopic } from './exit-codes.ts'
import { filteringTopic } from './filtering.ts'
import { outputTopic } from './output.ts'

/** Every topic of `kds help TOPIC`, in the order in which help lists them. */
export const topics: readonly TopicSpec[] = [environmentTopic, outputTopic, exitCodesTopic, filteringTopic]
