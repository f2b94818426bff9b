import type { Routes } from '#kernel/http.ts'
import type { Printing } from '#kernel/printer.ts'
import { statementApi } from '../../statement-contract.ts'
import type { Rooms } from '../rooms.ts'
import { answerStatement, signStatement, withdrawStatement } from './answer-statement.ts'
import { printStatement } from './print-statement.ts'
import { proposeStatement, reviseStatement } from './propose-statement.ts'
import { statementPage } from './statement-store.ts'
import { wholeStatement } from './statement-view.ts'

export const statementRoutes =
  (rooms: Rooms, printing: Printing): Routes =>
  (on) => {
    const { db } = rooms
    on.serve(statementApi.statements, ({ ctx, query }) => db.inTenant(ctx, (tx) => statementPage(tx, query)))
    on.serve(statementApi.statement, ({ ctx, params }) => db.inTenant(ctx, (tx) => wholeStatement(tx, params.id)))
    on.serveFile(statementApi.printStatement, ({ ctx, params }) => printStatement(rooms, printing, ctx, params.id))
    on.serve(statementApi.proposeStatement, ({ ctx, body }) => proposeStatement(rooms, ctx, body))
    on.serve(statementApi.answerStatement, ({ ctx, params, body }) => answerStatement(rooms, ctx, params.id, body))
    on.serve(statementApi.reviseStatement, ({ ctx, params, body }) => reviseStatement(rooms, ctx, params.id, body))
    on.serve(statementApi.signStatement, ({ ctx, params, body }) => signStatement(rooms, ctx, params.id, body))
    on.serve(statementApi.withdrawStatement, ({ ctx, params, body }) => withdrawStatement(rooms, ctx, params.id, body))
  }
