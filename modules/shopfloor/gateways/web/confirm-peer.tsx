import { useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { protocols } from '#edge/drivers/protocols.ts'
import { call, errorText } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { configurationApi, type Link } from '../configuration-contract.ts'
import type { LinkStatus } from '../contract.ts'

/** Where a link waits for a person to say that the other side is who it should be: a server's certificate. */
export function ConfirmPeer({ link, status }: { link: Link; status: Pick<LinkStatus, 'reason' | 'details'> }) {
  const t = useWords('gateways')
  const client = useQueryClient()
  const { message, modal } = App.useApp()
  const asked = protocols[link.protocol]?.confirm
  const thumbprint = asked && status.details?.[asked.detail]
  if (!asked || !thumbprint || !asked.reasons.includes(status.reason ?? '')) return null
  const confirm = () =>
    modal.confirm({
      title: t('trustTitle'),
      content: <span className="gw-thumbprint">{t('trustText', { thumbprint: thumbprint.replace(/(.{4})(?=.)/g, '$1 ') })}</span>,
      okText: t('trustServer'),
      onOk: async () => {
        const { id, version, name, enabled, connection } = link
        try {
          await call(configurationApi.updateLink, {
            params: { id },
            body: { version, name, enabled, connection: { ...connection, [asked.setting]: thumbprint } },
          })
        } catch (error) {
          void message.error(errorText(error, t))
        }
        await client.invalidateQueries({ queryKey: ['gateways'] })
      },
    })
  return (
    <Button size="small" onClick={confirm}>
      {t('trustServer')}
    </Button>
  )
}
