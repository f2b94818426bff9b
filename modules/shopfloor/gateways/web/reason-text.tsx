import { useCodeText } from './reason-words.ts'

/** A reason as drivers and gateways give it, in words, on pages of modules above. */
export function Component({ code, details }: { code: string; details?: Record<string, unknown> }) {
  return <>{useCodeText()(code, details)}</>
}
