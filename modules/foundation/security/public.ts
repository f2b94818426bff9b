import type { Context } from '#kernel/context.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { SecretId } from './contract.ts'

export interface NewSecret {
  /** What it is for, as the keeping module calls it: `gateways.link`. Only who names the same purpose gets it back. */
  purpose: string
  /** By which a person knows it; no part of the secret. */
  name: string
  secret: string
}

/** All in the caller's transaction. A secret is given as text, at most 16 kB of UTF-8. */
export interface SecurityPublic {
  /** Errors: security.tooManySecrets, security.secretTooLarge. */
  keep(tx: OpaqueTx, ctx: Context, secret: NewSecret): Promise<SecretId>
  /** The value in clear, for the one process that must present it. Never into a log, an answer for people, an event. Also in a system transaction. */
  reveal(tx: OpaqueTx, ctx: Pick<Context, 'now'>, id: SecretId, purpose: string): Promise<string>
  /** Errors: security.secretNotFound, security.secretTooLarge. */
  replace(tx: OpaqueTx, ctx: Context, id: SecretId, change: NewSecret): Promise<void>
  /** One that is gone already is no error. */
  forget(tx: OpaqueTx, id: SecretId, purpose: string): Promise<void>
}
