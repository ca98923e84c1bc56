import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { IconAdjustmentsHorizontal, IconCheck } from '@tabler/icons-react';
import { enter, tokenStore } from '../api/access';
import { addressOf } from '../api/base';
import { useStore } from '../api/store';
import { useMessages } from '../i18n';
import { choose, languageStore, LANGUAGES } from '../i18n/locale';

const NAMES = { en: 'English', fr: 'Français' };

/** Language, colours, the token, and the licences of what the page is made of. */
export function Preferences() {
  const { app } = useMessages();
  const language = useStore(languageStore);
  const token = useStore(tokenStore);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const check = (isChosen: boolean) => (isChosen ? <IconCheck size={14} aria-hidden /> : <span className="no-check" />);
  return (
    <Menu position="bottom-end" width={220} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={app.preferences}>
          <IconAdjustmentsHorizontal size={18} stroke={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{app.language}</Menu.Label>
        {LANGUAGES.map((one) => (
          <Menu.Item key={one} lang={one} leftSection={check(one === language)} onClick={() => choose(one)}>
            {NAMES[one]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{app.colours}</Menu.Label>
        {(['light', 'dark', 'auto'] as const).map((scheme) => (
          <Menu.Item
            key={scheme}
            leftSection={check(scheme === colorScheme)}
            onClick={() => setColorScheme(scheme)}
          >
            {scheme === 'auto' ? app.automatic : app[scheme]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {token && <Menu.Item onClick={() => enter('')}>{app.access.forget}</Menu.Item>}
        <Menu.Item component="a" href={addressOf('licences')}>
          {app.licences}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
