import { noChange } from 'lit';
import { Directive, directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

class StyleProperties extends Directive {
  private readonly last = new Map<string, string>();
  private style: CSSStyleDeclaration | undefined;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('styleProperties belongs on an element');
  }

  render(properties: Readonly<Record<string, string>>): typeof noChange {
    for (const [name, value] of Object.entries(properties)) {
      if (this.last.get(name) === value) continue;
      this.last.set(name, value);
      this.style?.setProperty(name, value);
    }
    return noChange;
  }

  override update(part: ElementPart, [properties]: [Readonly<Record<string, string>>]): typeof noChange {
    this.style = (part.element as HTMLElement).style;
    return this.render(properties);
  }
}

/** Sets style properties through the CSSOM: the content security policy forbids style attributes. */
export const styleProperties = directive(StyleProperties);
