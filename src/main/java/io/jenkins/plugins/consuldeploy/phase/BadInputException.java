package io.jenkins.plugins.consuldeploy.phase;

/** An input that can't be used: the message names the field, the value, and what would be accepted. */
public final class BadInputException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String field;

    public BadInputException(String field, String value, String accepted) {
        super(field + " '" + printable(value) + "': " + accepted);
        this.field = field;
    }

    /** The same without the value: because there is none, or because it is a secret. */
    public BadInputException(String field, String problem) {
        super(field + ": " + problem);
        this.field = field;
    }

    private BadInputException(BadInputException other, String place) {
        super(place + ": " + other.getMessage(), other);
        this.field = other.field;
    }

    /** The same with the place where the field was written before it, such as {@code web.yaml, line 3, column 7}. */
    public BadInputException at(String place) {
        return new BadInputException(this, place);
    }

    /** The name of the field, as the user knows it. */
    public String field() {
        return field;
    }

    /** Control and formatting characters would let a bad name forge lines of a log, or what a terminal shows. */
    private static String printable(String value) {
        String shown = value.length() <= 100 ? value : value.substring(0, 100) + "…";
        return shown.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
    }
}
