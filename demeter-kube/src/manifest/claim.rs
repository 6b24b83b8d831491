//! Volume claims: `requests.storage`.

use demeter_core::ResourceName;

use super::field::{Field, FieldError};
use super::needs::Needs;
use super::requests::storage;

/// What a quota calls the storage that claims request.
const STORAGE: &str = "requests.storage";

/// What one claim, or one made from a template, needs.
pub(super) fn claim_needs(claim: &Field<'_>) -> Result<Needs, FieldError> {
    let mut needs = Needs::default();
    needs.set(ResourceName::from(STORAGE), storage(&claim.get("spec")?)?);
    Ok(needs)
}

/// Adds the claims that each pod gets from templates.
pub(super) fn add_claims(needs: &mut Needs, templates: &Field<'_>) -> Result<(), FieldError> {
    for template in templates.items()? {
        needs.add_all(&claim_needs(&template)?).map_err(|overflow| template.overflow(overflow))?;
    }
    Ok(())
}

/// Adds the claims that each pod gets for its generic ephemeral volumes.
pub(super) fn add_ephemeral_volumes(needs: &mut Needs, spec: &Field<'_>) -> Result<(), FieldError> {
    for volume in spec.get("volumes")?.items()? {
        let ephemeral = volume.get("ephemeral")?;
        if ephemeral.is_present() {
            let template = ephemeral.get("volumeClaimTemplate")?;
            needs.add_all(&claim_needs(&template)?).map_err(|overflow| template.overflow(overflow))?;
        }
    }
    Ok(())
}
