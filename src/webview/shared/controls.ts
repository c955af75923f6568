import { endProbe } from './focusVisibleProbe';
import {
  provideVSCodeDesignSystem,
  vsCodeBadge,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
} from '@vscode/webview-ui-toolkit';

/**
 * Registers the controls of the toolbar and the other chrome. The toolkit is archived upstream: everything that knows
 * it is here, and the cards do without.
 */
export function registerControls(): void {
  endProbe();
  provideVSCodeDesignSystem().register(vsCodeBadge(), vsCodeButton(), vsCodeDropdown(), vsCodeOption());
}
