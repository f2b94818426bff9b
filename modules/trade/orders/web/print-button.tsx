import { PrinterOutlined } from '@ant-design/icons'
import { App, Button, Dropdown } from 'antd'
import { useState } from 'react'
import { download, errorText } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { type OrderId, ordersApi } from '../contract.ts'

/** The order as a PDF, on the paper that is in the printer. */
export function PrintButton({ id }: { id: OrderId }) {
  const t = useWords('orders')
  const { message } = App.useApp()
  const [busy, setBusy] = useState(false)
  const print = async (paper: 'a4' | 'continuous241') => {
    setBusy(true)
    await download(ordersApi.print, { params: { id }, query: { paper } }).catch((error: unknown) => message.error(errorText(error, t)))
    setBusy(false)
  }
  return (
    <Dropdown
      menu={{
        items: [
          { key: 'a4', label: t('print.a4'), onClick: () => void print('a4') },
          { key: 'continuous241', label: t('print.continuous'), onClick: () => void print('continuous241') },
        ],
      }}
    >
      <Button icon={<PrinterOutlined aria-hidden />} loading={busy}>
        {t('print.button')}
      </Button>
    </Dropdown>
  )
}
