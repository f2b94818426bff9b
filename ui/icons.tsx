import {
  ApartmentOutlined,
  ApiOutlined,
  AuditOutlined,
  BankOutlined,
  BarsOutlined,
  BellOutlined,
  ClusterOutlined,
  ControlOutlined,
  DashboardOutlined,
  DesktopOutlined,
  FieldTimeOutlined,
  FileProtectOutlined,
  FundOutlined,
  GatewayOutlined,
  HddOutlined,
  InboxOutlined,
  KeyOutlined,
  LineChartOutlined,
  SafetyCertificateOutlined,
  SettingOutlined,
  ShareAltOutlined,
  TagsOutlined,
  TeamOutlined,
  ThunderboltOutlined,
  ToolOutlined,
  UserOutlined,
} from '@ant-design/icons'
import type { ComponentType } from 'react'

/** The icons a menu entry may name; add a line for a new one. */
const icons = {
  chain: ApartmentOutlined,
  organisation: BankOutlined,
  share: ShareAltOutlined,
  plant: ClusterOutlined,
  device: HddOutlined,
  model: TagsOutlined,
  trend: LineChartOutlined,
  explore: FundOutlined,
  ingest: InboxOutlined,
  live: DashboardOutlined,
  users: TeamOutlined,
  user: UserOutlined,
  roles: SafetyCertificateOutlined,
  client: ApiOutlined,
  session: DesktopOutlined,
  policy: FileProtectOutlined,
  secret: KeyOutlined,
  audit: AuditOutlined,
  alarm: BellOutlined,
  shift: FieldTimeOutlined,
  energy: ThunderboltOutlined,
  tool: ToolOutlined,
  control: ControlOutlined,
  gateway: GatewayOutlined,
  settings: SettingOutlined,
  list: BarsOutlined,
} as const satisfies Record<string, ComponentType>

export type IconName = keyof typeof icons

export function Icon({ name }: { name: IconName }) {
  const Shape = icons[name]
  return <Shape aria-hidden />
}
