import type { Routes } from '#kernel/http.ts'
import { accessApi } from '../contract.ts'
import type { AccessParts } from './access-parts.ts'
import { createClient, updateClient } from './change-clients.ts'
import { changePassword } from './change-password.ts'
import { createRole, deleteRole, updateRole } from './change-roles.ts'
import { choosePolicy, readPolicy } from './choose-policy.ts'
import { listClients } from './client-store.ts'
import { createUser } from './create-user.ts'
import { describeSession } from './describe-session.ts'
import { firstAdministrator, needsFirstAdministrator } from './first-administrator.ts'
import { issueToken } from './issue-token.ts'
import { logOut, ownSession, switchOrganisation } from './leave-session.ts'
import { logIn } from './log-in.ts'
import { listSessions, revokeSession } from './manage-sessions.ts'
import { setLocale } from './person-store.ts'
import { registerOrganisation } from './register-organisation.ts'
import { resetPassword } from './reset-password.ts'
import { listRoles } from './role-store.ts'
import { updateUser } from './update-user.ts'
import { userPage } from './user-store.ts'

const done = { done: true } as const

export const accessRoutes =
  (parts: AccessParts): Routes =>
  (on) => {
    signInRoutes(parts)(on)
    sessionRoutes(parts)(on)
    userRoutes(parts)(on)
    clientRoutes(parts)(on)
  }

const signInRoutes =
  (parts: AccessParts): Routes =>
  (on) => {
    on.servePublic(accessApi.state, async () => ({ needsFirstAdministrator: await needsFirstAdministrator(parts), demo: parts.demo }))
    on.servePublic(accessApi.firstAdministrator, async ({ call, body }) => {
      await firstAdministrator(parts, call, body)
      return done
    })
    on.servePublic(accessApi.logIn, ({ call, cookie, body }) => logIn(parts, call, cookie, body))
    on.servePublic(accessApi.token, ({ call, body, authorization }) => issueToken(parts, call, body, authorization))
    on.serve(accessApi.registerOrganisation, ({ ctx, body }) => registerOrganisation(parts, ctx, body))
  }

const sessionRoutes =
  (parts: AccessParts): Routes =>
  (on) => {
    on.serve(accessApi.logOut, async ({ ctx, cookie }) => {
      await logOut(parts, ctx, cookie)
      return done
    })
    on.serve(accessApi.session, ({ ctx }) => describeSession(parts, ctx))
    on.serve(accessApi.switchOrganisation, ({ ctx, cookie, body }) => switchOrganisation(parts, ctx, cookie, body.orgId))
    on.serve(accessApi.setLocale, async ({ ctx, body }) => {
      const { personId } = ownSession(ctx)
      await parts.system.inSystem((sqlOf) => setLocale(sqlOf, personId, body.locale), ctx)
      parts.authenticator.forget()
      return body
    })
    on.serve(accessApi.changePassword, async ({ ctx, cookie, body }) => {
      await changePassword(parts, ctx, cookie, body)
      return done
    })
    on.serve(accessApi.policy, ({ ctx }) => readPolicy(parts, ctx))
    on.serve(accessApi.setPolicy, ({ ctx, body }) => choosePolicy(parts, ctx, body))
    on.serve(accessApi.sessions, async ({ ctx }) => ({ sessions: await listSessions(parts, ctx) }))
    on.serve(accessApi.revokeSession, async ({ ctx, params }) => {
      await revokeSession(parts, ctx, params.id)
      return done
    })
  }

const userRoutes =
  (parts: AccessParts): Routes =>
  (on) => {
    on.serve(accessApi.users, ({ ctx, query }) => parts.db.inTenant(ctx, (tx) => userPage(tx, query)))
    on.serve(accessApi.createUser, ({ ctx, body }) => createUser(parts, ctx, body))
    on.serve(accessApi.updateUser, ({ ctx, params, body }) => updateUser(parts, ctx, params.personId, body))
    on.serve(accessApi.resetPassword, async ({ ctx, params }) => ({ oneTimePassword: await resetPassword(parts, ctx, params.personId) }))
    on.serve(accessApi.roles, async ({ ctx }) => ({
      roles: await parts.db.inTenant(ctx, (tx) => listRoles(tx, parts.permissions())),
      permissions: Object.keys(parts.permissions()).sort(),
    }))
    on.serve(accessApi.createRole, ({ ctx, body }) => createRole(parts, ctx, body))
    on.serve(accessApi.updateRole, ({ ctx, params, body }) => updateRole(parts, ctx, params.id, body))
    on.serve(accessApi.deleteRole, async ({ ctx, params }) => {
      await deleteRole(parts, ctx, params.id)
      return done
    })
  }

const clientRoutes =
  (parts: AccessParts): Routes =>
  (on) => {
    on.serve(accessApi.clients, async ({ ctx }) => ({ clients: await parts.db.inTenant(ctx, listClients) }))
    on.serve(accessApi.createClient, ({ ctx, body }) => createClient(parts, ctx, body))
    on.serve(accessApi.updateClient, ({ ctx, params, body }) => updateClient(parts, ctx, params.id, body))
  }
