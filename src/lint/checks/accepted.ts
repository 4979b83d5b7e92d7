import type { FieldEdit } from '#base/field-path.ts'
import type { Json, JsonObject } from '#base/json.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'
import { entriesIn, objectIn, objectOrNone, stringIn, stringOrNone } from '#kube/read.ts'
import { inPod, set } from '../subject.ts'
import type { Checks, Subject } from '../types.ts'

const hinted = (hint: string | undefined) => (hint === undefined ? {} : { fix: hint })

/** The selector is what servers up to v1.15 took from the template's labels. */
function retiredFix({ written, daemonSet }: Subject): FieldEdit[] {
  const selector = daemonSet.spec?.selector
  const counter = objectIn(written as JsonObject, 'spec').templateGeneration !== undefined
  return [
    { path: ['apiVersion'], value: 'apps/v1' },
    ...(counter ? [{ path: ['spec', 'templateGeneration'] }] : []),
    ...(selector && !written.spec?.selector
      ? [{ path: ['spec', 'selector'], value: JSON.parse(JSON.stringify(selector)) as Json }]
      : []),
  ]
}

/** What the API server says of it, or said until it forgot the version. */
export const accepted: Checks = {
  refused: {
    severity: 'error',
    why: 'The API server refuses it: kubectl apply fails and nothing changes.',
    find: ({ admission }) => [
      ...admission.typeErrors.map(({ message, path, hint }) => ({ path, message, ...hinted(hint) })),
      ...admission.errors.map((error) => ({ path: error.path, message: fieldErrorText(error) })),
    ],
  },
  'unknown-field': {
    severity: 'error',
    why: 'kubectl refuses a field that the API does not have, and the API server drops it without a word.',
    *find({ admission }) {
      for (const { message, path, hint } of admission.strictErrors)
        yield { path, part: 'key', message, ...hinted(hint) }
    },
  },
  'server-warning': {
    severity: 'warning',
    why: 'The API server takes it and warns of it on every apply.',
    find: ({ admission }) => admission.warnings.map(({ message, path }) => ({ path, message })),
  },
  'retired-api-version': {
    severity: 'error',
    why: 'No server since Kubernetes v1.16 has this version of DaemonSet.',
    find: (subject) =>
      subject.daemonSet !== subject.written && {
        path: ['apiVersion'],
        message: `${subject.written.apiVersion} has no DaemonSet any more`,
        fix: {
          text: 'write apiVersion: apps/v1, with a selector; there OnDelete is no longer the default',
          stanza: { at: [], value: { apiVersion: 'apps/v1' } },
          edits: retiredFix(subject),
        },
      },
  },
  'restart-policy': {
    severity: 'error',
    why: 'A daemon pod runs forever: the API accepts no other policy than Always.',
    find({ pod }) {
      const policy = stringIn(pod, 'restartPolicy')
      const path = inPod('restartPolicy')
      if (['', 'Always'].includes(policy)) return
      return { path, message: `restartPolicy is ${policy}`, fix: set('set it to Always', path, 'Always') }
    },
  },
  'selector-mismatch': {
    severity: 'error',
    why: 'The selector must match the pods that the template makes, and cannot be changed later.',
    find({ spec, template }) {
      const wanted = entriesIn(objectIn(spec, 'selector'), 'matchLabels')
      const labels = objectIn(objectIn(template, 'metadata'), 'labels')
      const missing = wanted.filter(([key, value]) => stringOrNone(labels, key) !== value)
      if (missing.length === 0) return
      const path = ['spec', 'template', 'metadata', 'labels']
      const value = { ...labels, ...Object.fromEntries(missing) }
      // Without any labels there is nothing to put single ones into.
      const edits = objectOrNone(objectOrNone(template, 'metadata'), 'labels')
        ? missing.map(([key, text]): FieldEdit => ({ path: [...path, key], value: text }))
        : [{ path, value }]
      return {
        path,
        message: `the selector asks for ${missing.map(([key, text]) => `${key}=${text}`).join(', ')}, the template's labels differ`,
        fix: { text: 'give the template the labels of the selector', stanza: { at: path, value }, edits },
      }
    },
  },
}
