import { accessApi } from '#modules/foundation/access/contract.ts'
import { collaborationApi } from '#modules/foundation/collaboration/contract.ts'
import { notificationsApi } from '#modules/foundation/notifications/contract.ts'
import { mailApi } from '#modules/foundation/notifications/mail-contract.ts'
import { webhookApi } from '#modules/foundation/notifications/webhook-contract.ts'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { programmeApi } from '#modules/foundation/programme/contract.ts'
import { partnerImport } from '#modules/foundation/programme/import-contract.ts'
import { joinApi } from '#modules/foundation/programme/join-contract.ts'
import { securityApi } from '#modules/foundation/security/contract.ts'
import { sharingApi } from '#modules/foundation/sharing/contract.ts'
import { integrationApi } from '#modules/insight/integration/contract.ts'
import { sandboxApi } from '#modules/insight/integration/sandbox-contract.ts'
import { alarmsApi } from '#modules/shopfloor/alarms/contract.ts'
import { ruleImport } from '#modules/shopfloor/alarms/import-contract.ts'
import { commandsApi } from '#modules/shopfloor/commands/contract.ts'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { deviceImportApi } from '#modules/shopfloor/devices/import-contract.ts'
import { configurationApi } from '#modules/shopfloor/gateways/configuration-contract.ts'
import { gatewaysApi } from '#modules/shopfloor/gateways/contract.ts'
import { enrolmentApi } from '#modules/shopfloor/gateways/enrolment-contract.ts'
import { explanationApi } from '#modules/shopfloor/gateways/explanation-contract.ts'
import { connectionImport } from '#modules/shopfloor/gateways/import-contract.ts'
import { pairApi } from '#modules/shopfloor/gateways/pair-contract.ts'
import { rollOutApi } from '#modules/shopfloor/gateways/roll-out-contract.ts'
import { plantApi } from '#modules/shopfloor/plant/contract.ts'
import { telemetryApi } from '#modules/shopfloor/telemetry/contract.ts'
import { templatesApi } from '#modules/shopfloor/templates/contract.ts'
import { invoiceApi } from '#modules/trade/finance/invoice-contract.ts'
import { ledgerApi } from '#modules/trade/finance/ledger-contract.ts'
import { payableApi } from '#modules/trade/finance/payable-contract.ts'
import { selfBillApi } from '#modules/trade/finance/self-bill-contract.ts'
import { statementApi } from '#modules/trade/finance/statement-contract.ts'
import { chainApi } from '#modules/trade/inventory/chain-contract.ts'
import { consignedApi } from '#modules/trade/inventory/consigned-contract.ts'
import { inventoryApi } from '#modules/trade/inventory/contract.ts'
import { documentApi } from '#modules/trade/inventory/document-contract.ts'
import { locationImport, openingImport } from '#modules/trade/inventory/import-contract.ts'
import { reservationApi } from '#modules/trade/inventory/reservation-contract.ts'
import { stockApi } from '#modules/trade/inventory/stock-contract.ts'
import { stocktakeApi } from '#modules/trade/inventory/stocktake-contract.ts'
import { logisticsApi } from '#modules/trade/logistics/contract.ts'
import { dockApi } from '#modules/trade/logistics/dock-contract.ts'
import { labelApi } from '#modules/trade/logistics/label-contract.ts'
import { receivingApi } from '#modules/trade/logistics/receiving-contract.ts'
import { transitApi } from '#modules/trade/logistics/transit-contract.ts'
import { withoutNoticeApi } from '#modules/trade/logistics/without-notice-contract.ts'
import { materialsApi } from '#modules/trade/materials/contract.ts'
import { detailApi } from '#modules/trade/materials/detail-contract.ts'
import { materialExport, materialImport, priceImport } from '#modules/trade/materials/import-contract.ts'
import { supplyApi } from '#modules/trade/materials/supply-contract.ts'
import { ordersApi } from '#modules/trade/orders/contract.ts'
import { expediteApi } from '#modules/trade/orders/expedite-contract.ts'
import { followUpApi } from '#modules/trade/orders/follow-up-contract.ts'
import { lineImport, orderImport } from '#modules/trade/orders/import-contract.ts'
import { agreementApi } from '#modules/trade/sourcing/agreement-contract.ts'
import { sourcingApi } from '#modules/trade/sourcing/contract.ts'
import { qualityApi } from '#modules/works/quality/contract.ts'
import type { Api, Endpoint } from '#values/endpoint.ts'
import { prefixed } from '#values/import.ts'

/** The modules' APIs as they are served; a test holds this list against the running server's. */
export const contracts: Record<string, Api> = {
  organisations: organisationsApi,
  access: accessApi,
  sharing: sharingApi,
  security: securityApi,
  collaboration: collaborationApi,
  notifications: { ...notificationsApi, ...mailApi, ...webhookApi },
  programme: { ...programmeApi, ...joinApi, ...prefixed('import', partnerImport) },
  plant: plantApi,
  devices: { ...devicesApi, ...prefixed('import', deviceImportApi) },
  gateways: {
    ...configurationApi,
    ...explanationApi,
    ...enrolmentApi,
    ...rollOutApi,
    ...pairApi,
    ...gatewaysApi,
    ...prefixed('connectionImport', connectionImport),
  },
  telemetry: telemetryApi,
  commands: commandsApi,
  alarms: { ...alarmsApi, ...prefixed('ruleImport', ruleImport) },
  templates: templatesApi,
  materials: {
    ...materialsApi,
    ...supplyApi,
    ...detailApi,
    ...prefixed('import', materialImport),
    ...prefixed('materials', materialExport),
    ...prefixed('importPrices', priceImport),
  },
  sourcing: { ...sourcingApi, ...prefixed('agreement', agreementApi) },
  orders: {
    ...ordersApi,
    ...prefixed('followUp', followUpApi),
    ...prefixed('expedite', expediteApi),
    ...prefixed('import', lineImport),
    ...prefixed('orderImport', orderImport),
  },
  inventory: {
    ...inventoryApi,
    ...reservationApi,
    ...stockApi,
    ...documentApi,
    ...stocktakeApi,
    ...consignedApi,
    ...chainApi,
    ...prefixed('opening', openingImport),
    ...prefixed('locationImport', locationImport),
  },
  logistics: { ...logisticsApi, ...labelApi, ...dockApi, ...receivingApi, ...transitApi, ...withoutNoticeApi },
  finance: { ...ledgerApi, ...invoiceApi, ...selfBillApi, ...payableApi, ...statementApi },
  quality: qualityApi,
  integration: { ...integrationApi, ...sandboxApi },
}

/** Endpoints for a browser's session and for devices are no methods: the client signs in by its token, and `sendValues` speaks for a device. */
export const isMethod = (e: Endpoint): boolean => !['public', 'device'].includes(e.permission)
