import { endProbe } from './focusVisibleProbe';
import {
  provideVSCodeDesignSystem,
  vsCodeBadge,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
} from '@vscode/webview-ui-toolkit';

/**
 * Registers the toolkit's controls, which the toolbar and the other chrome use. The toolkit is archived upstream, so
 * only this file imports it, and the cards do without.
 */
export function registerControls(): void {
  endProbe();
  provideVSCodeDesignSystem().register(vsCodeBadge(), vsCodeButton(), vsCodeDropdown(), vsCodeOption());
}
