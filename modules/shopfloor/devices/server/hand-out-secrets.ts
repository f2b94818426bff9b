import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { handOutOnce, type Imports } from '#kernel/imports/import-service.ts'
import { narrow } from '#kernel/postgres.ts'
import { workbook } from '#kernel/spreadsheet-writer.ts'
import { requestErrors } from '#values/errors.ts'
import type { ImportId } from '#values/import.ts'
import type { DeviceId } from '../contract.ts'
import { insertCredentials, userNameOf } from './credentials.ts'
import { announceAll, orgCodeOf } from './device-access.ts'
import { devicesByIds } from './device-store.ts'
import type { DeviceImportDefinition } from './import-devices.ts'
import type { Rooms } from './rooms.ts'
import type { DevicesTables } from './tables.ts'

/** The credentials that an import asked for are made in this moment, and their secrets given in this one file. */
export async function handOutSecrets(
  rooms: Rooms,
  imports: Imports,
  definition: DeviceImportDefinition,
  ctx: Context,
  importId: ImportId,
): Promise<FileAnswer> {
  if (!ctx.scopes.permissions.has('devices.manageCredentials')) throw requestErrors.notAllowed({ permission: 'devices.manageCredentials' })
  const rows = await handOutOnce(imports, ctx, definition, importId, async (opaqueTx, ids) => {
    const tx = narrow<DevicesTables>(opaqueTx)
    // One that was retired meanwhile gets none.
    const devices = (await devicesByIds(tx, ids as DeviceId[])).filter((device) => device.status !== 'retired')
    const secrets = await insertCredentials(
      tx,
      devices.map((device) => device.id),
      ctx.now,
    )
    await announceAll(rooms, tx, ctx, devices)
    const orgCode = await orgCodeOf(rooms, tx)
    return devices.map(({ id, code, name }) => [
      code,
      name,
      userNameOf(orgCode, code),
      secrets.get(id) ?? '',
      `v1/${orgCode}/${code}/telemetry`,
    ])
  })
  const word = (key: string) => imports.translate(ctx.locale, `devices.${key}`) ?? key
  const columns = [
    { title: word('code'), width: 18 },
    { title: word('deviceName'), width: 24 },
    { title: word('userName'), width: 28 },
    { title: word('secret'), width: 48 },
    { title: word('topic'), width: 40 },
  ]
  return { fileName: `${word('importRows.secretsFile')}.xlsx`, bytes: await workbook([{ name: word('secretTitle'), columns, rows }]) }
}
