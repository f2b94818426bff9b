/**
 * Who may use whom: the whole dependency picture. A module may import the `contract.ts` and `public.ts` of the modules
 * named here and of no others; wings stand in floor order, the lowest first; `npm run check` enforces it.
 */
/** @type {Record<string, string[]>} */
export const moduleMap = {
  'foundation/organisations': [],
  'foundation/access': ['foundation/organisations'],
  'foundation/sharing': ['foundation/organisations'],
  'foundation/security': ['foundation/organisations', 'foundation/access'],
  'foundation/notifications': ['foundation/organisations', 'foundation/access', 'foundation/security'],
  'foundation/collaboration': ['foundation/organisations', 'foundation/access', 'foundation/notifications'],
  'foundation/programme': ['foundation/organisations', 'foundation/access'],

  'shopfloor/plant': ['foundation/organisations'],
  'shopfloor/devices': ['foundation/organisations', 'foundation/sharing', 'shopfloor/plant'],
  'shopfloor/gateways': ['foundation/organisations', 'foundation/security', 'shopfloor/plant', 'shopfloor/devices'],
  'shopfloor/telemetry': ['foundation/organisations', 'foundation/sharing', 'shopfloor/plant', 'shopfloor/devices', 'shopfloor/gateways'],
  'shopfloor/commands': ['foundation/organisations', 'shopfloor/plant', 'shopfloor/devices', 'shopfloor/gateways', 'shopfloor/telemetry'],
  'shopfloor/alarms': ['foundation/organisations', 'foundation/access', 'shopfloor/plant', 'shopfloor/devices', 'shopfloor/telemetry'],
  'shopfloor/templates': ['foundation/organisations', 'shopfloor/plant', 'shopfloor/devices', 'shopfloor/gateways', 'shopfloor/alarms'],

  'trade/materials': ['foundation/organisations', 'shopfloor/devices'],
  'trade/orders': ['foundation/organisations', 'trade/materials'],
  'trade/sourcing': ['foundation/organisations', 'trade/materials', 'trade/orders'],
  'trade/inventory': ['foundation/organisations', 'trade/materials'],
  'trade/finance': ['foundation/organisations', 'trade/materials', 'trade/orders', 'trade/inventory'],
  'trade/logistics': ['foundation/organisations', 'trade/materials', 'trade/orders', 'trade/inventory', 'trade/finance'],

  'works/quality': ['foundation/organisations', 'trade/materials', 'trade/logistics'],

  'insight/integration': ['foundation/organisations', 'foundation/access', 'shopfloor/plant', 'shopfloor/devices'],
}
