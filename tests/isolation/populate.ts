import { accessApi } from '#modules/foundation/access/contract.ts'
import { collaborationApi } from '#modules/foundation/collaboration/contract.ts'
import { notificationsApi } from '#modules/foundation/notifications/contract.ts'
import { webhookApi } from '#modules/foundation/notifications/webhook-contract.ts'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { securityApi } from '#modules/foundation/security/contract.ts'
import { sharingApi } from '#modules/foundation/sharing/contract.ts'
import { integrationApi } from '#modules/insight/integration/contract.ts'
import { commandsApi } from '#modules/shopfloor/commands/contract.ts'
import { type DeviceId, devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { deviceImport } from '#modules/shopfloor/devices/import-contract.ts'
import { configurationApi } from '#modules/shopfloor/gateways/configuration-contract.ts'
import { gatewaysApi } from '#modules/shopfloor/gateways/contract.ts'
import { rollOutApi } from '#modules/shopfloor/gateways/roll-out-contract.ts'
import { type PlantNodeId, plantApi } from '#modules/shopfloor/plant/contract.ts'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { chainApi } from '#modules/trade/inventory/chain-contract.ts'
import { consignedApi } from '#modules/trade/inventory/consigned-contract.ts'
import { inventoryApi } from '#modules/trade/inventory/contract.ts'
import { documentApi } from '#modules/trade/inventory/document-contract.ts'
import { reservationApi } from '#modules/trade/inventory/reservation-contract.ts'
import { stocktakeApi } from '#modules/trade/inventory/stocktake-contract.ts'
import { materialsApi } from '#modules/trade/materials/contract.ts'
import { detailApi } from '#modules/trade/materials/detail-contract.ts'
import { supplyApi } from '#modules/trade/materials/supply-contract.ts'
import { type ApiClient, testCreditCode } from '../api-client.ts'
import { samplePng } from '../sample-files.ts'
import { populateAlarms } from './populate-alarms.ts'
import { populateFinance } from './populate-finance.ts'
import { populateLogistics } from './populate-logistics.ts'
import { populateProgramme } from './populate-programme.ts'
import { populateSourcing } from './populate-sourcing.ts'

interface Party {
  client: ApiClient
  orgId: string
}

/** One of everything in an organisation, by the public API, with the mark in every name; returns an id for each kind of entity. */
export async function populate(owner: Party, partner: Party, mark: string): Promise<Record<string, string>> {
  const { client } = owner
  const { roles } = await client.call(accessApi.roles)
  const staff = roles.find((role) => role.builtIn === 'staff')
  const role = await client.call(accessApi.createRole, { body: { name: `${mark} role`, permissions: ['devices.read'] } })
  const { user } = await client.call(accessApi.createUser, {
    body: { login: `${mark}.user`, displayName: `${mark} user`, roleIds: [staff?.id ?? role.id], siteIds: [] },
  })
  const { client: apiClient } = await client.call(accessApi.createClient, { body: { name: `${mark} client`, scopes: ['devices.read'] } })
  const relation = await client.call(organisationsApi.createRelation, {
    body: { supplierCreditCode: testCreditCode(3), tier: 1, since: '2026-01-01' },
  })
  await partner.client.call(organisationsApi.confirmRelation, { params: { id: relation.id }, body: { version: relation.version } })
  const enterprise = await client.call(plantApi.createNode, {
    body: { parentId: null, level: 'enterprise', code: 'E', name: `${mark} enterprise`, nameEn: null },
  })
  const site = await client.call(plantApi.createNode, {
    body: { parentId: enterprise.id, level: 'site', code: 'S', name: `${mark} site`, nameEn: null },
  })
  const shift = await client.call(plantApi.createShift, {
    params: { id: site.id },
    body: { name: `${mark} shift`, startMinute: 480, endMinute: 960, validFrom: '2026-01-01', validUntil: null },
  })
  const devices = await populateDevices(client, site.id, mark)
  const gateways = await populateGateway(client, site.id, devices.Device, mark)
  const alarms = await populateAlarms(client, devices.Device, mark)
  const trade = await populateTrade(client, partner, mark)
  const agreement = await client.call(sharingApi.create, {
    body: {
      granteeId: partner.orgId as never,
      dataSet: 'telemetry.values',
      items: [{ id: devices.Device, label: `${mark} furnace 1` }],
      fields: 'all',
      purpose: `${mark} purpose`,
      granularity: 'raw',
      delayMinutes: 0,
      from: '2026-01-01T00:00:00Z',
      until: '2030-01-01T00:00:00Z',
    },
  })
  const secret = await client.call(securityApi.keepSecret, { body: { name: `${mark} secret`, secret: `${mark} value` } })
  await client.call(notificationsApi.sendTest, { body: {} })
  const { items: messages } = await client.call(notificationsApi.messages)
  const entry = await client.call(collaborationApi.comment, {
    params: { entity: 'sharing.agreement', recordId: agreement.id as never },
    body: { text: `${mark} comment` },
  })
  const { references } = await client.call(integrationApi.addReferences, {
    body: {
      references: [
        { entity: 'devices.device', recordId: devices.Device as never, system: 'sap', type: 'equipment', key: `${mark} 10002345` },
      ],
    },
  })
  return {
    any: devices.Device,
    Record: devices.Device,
    Reference: references[0]?.id ?? '',
    ...devices,
    ...gateways,
    ...alarms,
    ...trade,
    ...(await populateProgramme(client, mark)),
    Organisation: owner.orgId,
    Person: user.personId,
    Role: role.id,
    Secret: secret.id,
    Entry: entry.id,
    ...(await populateWebhook(client, mark)),
    Message: messages[0]?.id ?? '',
    Session: (await client.call(accessApi.sessions)).sessions[0]?.id ?? '',
    ApiClient: apiClient.id,
    Relation: relation.id,
    SharingAgreement: agreement.id,
    PlantNode: enterprise.id,
    Shift: shift.id,
  }
}

async function populateTrade(client: ApiClient, partner: Party, mark: string): Promise<Record<string, string>> {
  const materials = await populateMaterials(client, partner.orgId, mark)
  const materialId = materials.Material ?? ''
  return {
    ...materials,
    ...(await populateLogistics(client, partner.orgId, mark)),
    ...(await populateStock(client, partner.orgId, materialId, mark)),
    ...(await populateFinance(client, partner.orgId, mark)),
    ...(await populateSourcing(client, partner, { materialId, unit: 'H87', mark })),
  }
}

async function populateWebhook(client: ApiClient, mark: string): Promise<Record<string, string>> {
  const { webhook } = await client.call(webhookApi.createWebhook, {
    body: { url: 'https://192.0.43.8/hooks', note: `${mark} webhook`, events: ['*'] },
  })
  const delivery = await client.call(webhookApi.testWebhook, { params: { id: webhook.id }, body: {} })
  return { Webhook: webhook.id, WebhookDelivery: delivery.id }
}

async function populateDevices(client: ApiClient, siteId: PlantNodeId, mark: string) {
  const model = await client.call(devicesApi.createThingModel, {
    body: {
      code: 'furnace',
      name: `${mark} furnace`,
      nameEn: null,
      description: '',
      definition: { properties: [{ name: 'temperature', label: `${mark} temperature`, valueType: 'number', unit: '°C', kind: 'instant' }] },
    },
  })
  const device = await client.call(devicesApi.create, {
    body: {
      code: 'F-1',
      name: `${mark} furnace 1`,
      nameEn: null,
      maker: mark,
      model: '',
      serial: '',
      note: '',
      thingModelId: model.id,
      status: 'active',
      nodeId: siteId,
      withCredential: false,
    },
  })
  const credential = await client.call(devicesApi.createCredential, { params: { id: device.id }, body: { replace: false } })
  const file = `编码,名称,物模型\r\nF-2,${mark} furnace 2,furnace\r\n`
  const imported = await client.call(deviceImport.upload, { query: { fileName: `${mark}.csv` }, bytes: new TextEncoder().encode(file) })
  const photo = await client.call(devicesApi.addAttachment, {
    params: { id: device.id },
    query: { kind: 'photo', fileName: `${mark}.png` },
    bytes: samplePng,
  })
  const waveform = await client.call(telemetryApi.pushWaveform, {
    query: { ts: Date.parse('2026-11-01T00:00:00Z'), point: mark, sampleRateHz: 100 },
    bytes: samplePng,
    basic: credential,
  })
  const points = await client.call(devicesApi.measuringPoints, { query: {} })
  return {
    ThingModel: model.id,
    Device: device.id,
    DeviceCredential: credential.id,
    DeviceAttachment: photo.id,
    Waveform: waveform.id,
    Import: imported.id,
    MeasuringPoint: points.items[0]?.id ?? '',
  }
}

async function populateGateway(client: ApiClient, nodeId: PlantNodeId, deviceId: DeviceId, mark: string): Promise<Record<string, string>> {
  const gateway = await client.call(configurationApi.create, { body: { code: 'GW-1', name: `${mark} gateway`, nameEn: null, nodeId } })
  const link = await client.call(configurationApi.createLink, {
    params: { id: gateway.id },
    body: { name: `${mark} link`, protocol: 'modbus', connection: { host: `${mark}.example` }, enabled: true },
  })
  const place = { address: 'holding:0', dataType: 'int16' }
  const row = { name: 'temperature', place, scale: 1, offset: 0, periodMs: 1_000, deadband: 0, access: 'rw' as const }
  const table = await client.call(configurationApi.createPointTable, {
    body: { name: `${mark} points`, protocol: 'modbus', modelCode: 'furnace', rows: [row] },
  })
  await client.call(configurationApi.connect, {
    body: { linkId: link.id, unit: {}, pointTableId: table.id, sourceTime: null, sequence: null, device: { id: deviceId } },
  })
  const behind = await client.call(configurationApi.updatePointTable, {
    params: { id: table.id },
    body: { version: 1, name: `${mark} points`, rows: [{ ...row, scale: 2 }], newProperties: [], devices: 'later' },
  })
  const rollOut = await client.call(rollOutApi.startRollOut, {
    params: { id: table.id },
    body: { toVersion: behind.version, batchSize: 1, canary: true },
  })
  const command = await populateCommand(client, gateway.credential, nodeId, deviceId, mark)
  return { Link: link.id, PointTable: table.id, RollOut: rollOut.id, GatewayCommand: link.id, Command: command }
}

/** A value that waits for a second person; the gateway has just reported. */
async function populateCommand(
  client: ApiClient,
  basic: { userName: string; secret: string },
  siteId: PlantNodeId,
  deviceId: DeviceId,
  mark: string,
): Promise<string> {
  const nowMs = Date.now()
  const queue = { batches: 0, bytes: 0, limitBytes: 1, oldestMs: null, droppedSamples: 0, onDisk: true }
  const report = { revision: 1, version: mark, startedAtMs: nowMs, atMs: nowMs, clockSkewMs: 0, queue, uplink: { connectedSinceMs: nowMs } }
  await client.call(gatewaysApi.wireStatus, { basic, body: { ...report, links: [], memoryMb: 1, cpuPercent: 1 } })
  const point = { permission: 'commands.write' as const, min: 0, max: 9, step: null, allowed: null, approval: true, interlocks: [] }
  await client.call(commandsApi.allow, { params: { deviceId, name: 'temperature' }, body: { ...point, timeoutS: 10, version: 0 } })
  await client.call(commandsApi.switchSite, { params: { siteId }, body: { on: true, reason: `${mark} reason`, version: 0 } })
  const body = { deviceId, point: 'temperature', value: 5, purpose: `${mark} purpose` }
  return (await client.call(commandsApi.request, { body })).id
}

async function populateMaterials(client: ApiClient, supplierId: string, mark: string): Promise<Record<string, string>> {
  const category = await client.call(materialsApi.createCategory, {
    body: { parentId: null, code: 'BRG', name: `${mark} bearings`, nameEn: null, prefix: 'BRG', attributes: [] },
  })
  const material = await client.call(materialsApi.create, {
    body: { categoryId: category.id, name: `${mark} bearing`, kind: 'part', baseUnit: 'H87' },
  })
  const source = await client.call(supplyApi.createSource, {
    params: { id: material.id },
    body: {
      supplierId: supplierId as never,
      supplierCode: `${mark} 6204`,
      supplierName: null,
      leadTimeDays: 7,
      minimum: null,
      multiple: null,
      validFrom: '2026-01-01',
      validUntil: null,
      approved: true,
    },
  })
  const price = await client.call(supplyApi.addPrice, {
    params: { id: source.id },
    body: {
      currency: 'CNY',
      unit: 'H87',
      fromQuantity: '0',
      taxRate: '0.13',
      netPrice: '8.5',
      grossPrice: null,
      validFrom: '2026-01-01',
      validUntil: null,
    },
  })
  const other = await client.call(materialsApi.create, {
    body: { categoryId: category.id, name: `${mark} roller bearing`, kind: 'part', baseUnit: 'H87' },
  })
  const params = { id: material.id }
  await client.call(detailApi.addBarcode, { params, body: { code: `${mark}-6204`, unit: 'H87' } })
  await client.call(detailApi.addSubstitute, { params, body: { substituteId: other.id, bothWays: true, note: mark } })
  await client.call(detailApi.addEquipment, { params, body: { deviceId: null, thingModelCode: 'furnace', quantity: '1', position: mark } })
  await client.call(detailApi.addDocument, {
    params,
    query: { kind: 'drawing', fileName: `${mark}-drawing.png`, revision: 'A', effectiveFrom: '2026-01-01' },
    bytes: new Uint8Array([...samplePng, 1]),
  })
  const details = await client.call(detailApi.details, { params })
  return {
    MaterialCategory: category.id,
    Material: material.id,
    MaterialSource: source.id,
    MaterialPrice: price.id,
    MaterialBarcode: details.barcodes[0]?.id ?? '',
    MaterialSubstitute: details.substitutes[0]?.id ?? '',
    MaterialEquipment: details.equipment[0]?.id ?? '',
    MaterialDocument: details.documents[0]?.id ?? '',
  }
}

async function populateStock(client: ApiClient, supplierId: string, materialId: string, mark: string): Promise<Record<string, string>> {
  const warehouse = await client.call(inventoryApi.createLocation, { body: { code: 'W1', name: `${mark} warehouse`, warehouseId: null } })
  const sheet = await client.call(stocktakeApi.createStocktake, { body: { locationId: warehouse.id } })
  const line = await client.call(stocktakeApi.addLine, {
    params: { id: sheet.id },
    body: { materialId: materialId as never, lot: `${mark} lot`, serial: null, counted: '3' },
  })
  const own = { quantity: '1', locationId: warehouse.id, toId: null, lot: `${mark} lot`, serial: null, owner: null, override: null }
  const document = await client.call(documentApi.post, {
    body: { kind: 'back', day: '2026-01-05', reason: mark, lines: [{ ...own, materialId: materialId as never }] },
  })
  const reservation = await client.call(reservationApi.reserve, {
    body: { warehouseId: warehouse.id, purpose: `${mark} order`, lines: [{ materialId: materialId as never, quantity: '1' }] },
  })
  const consignment = await client.call(consignedApi.agreeConsigned, {
    body: { supplierId: supplierId as never, materialId: materialId as never, minimum: '10', maximum: '20' },
  })
  const share = await client.call(chainApi.askShare, {
    body: { supplierId: supplierId as never, materialId: materialId as never, purpose: `${mark} planning` },
  })
  return {
    Location: warehouse.id,
    Stocktake: sheet.id,
    StocktakeLine: line.id,
    StockDocument: document.id,
    StockReservation: reservation.id,
    Consignment: consignment.id,
    StockShare: share.id,
  }
}
